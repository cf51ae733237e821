package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Every configuration of one run: at most one for each cv, each a legal step from the one before (P1, P2, P3, P17). */
final class ConfigHistory {
    private final Map<Long, GridConfig> byCv = new HashMap<>();
    private final Map<Long, UUID> primaryOfEpoch = new HashMap<>();
    private @Nullable GridConfig newest;

    /** The Arbiter has set {@code config}. Judged by rules written down once more, not by the Arbiter's own. */
    void onSet(GridConfig config) {
        GridConfig before = newest;
        byCv.put(config.cv(), config);
        newest = config;
        if (before == null) {
            check(
                    config.cv() == 1 && config.epoch() == 1 && config.members().size() == 1,
                    () -> "the first is " + config);
            return;
        }
        boolean takeOver = !config.primaryBootId().equals(before.primaryBootId());
        check(config.cv() == before.cv() + 1, () -> config + " after " + before);
        check(config.epoch() == before.epoch() + (takeOver ? 1 : 0), () -> config + " after " + before);
        check(config.lineageId().equals(before.lineageId()), () -> "another lineage: " + config);
        check(config.contains(config.primary()), () -> "the primary is no member: " + config);
        check(
                config.members().size()
                        >= Math.min(before.minInSync(), before.members().size()),
                () -> "S fell below minInSync: " + config + " after " + before);
        if (takeOver) { // P2: of that store
            Member old = before.member(config.primary()).orElse(null);
            Member now = config.member(config.primary()).orElseThrow();
            check(old != null && old.storeId().equals(now.storeId()), () -> "an outsider took over: " + config);
        }
    }

    /** {@code node} follows {@code config}. */
    void onFollowed(NodeId node, GridConfig config) {
        GridConfig set = byCv.get(config.cv());
        check(config.equals(set), () -> node + " follows " + config + ", the Arbiter has set " + set);
    }

    /** {@code node} acts as primary in its run {@code bootId}. */
    void onPrimary(NodeId node, UUID bootId, long epoch) {
        UUID before = primaryOfEpoch.putIfAbsent(epoch, bootId);
        if (before != null && !before.equals(bootId)) {
            throw new InvariantViolation("OnePrimaryPerEpoch", node + " is a second primary of epoch " + epoch);
        }
    }

    private static void check(boolean right, Supplier<String> message) {
        if (!right) {
            throw new InvariantViolation("ConfigTransitionsLegal", message.get());
        }
    }
}
