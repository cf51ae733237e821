package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * P11, P13, P35: whoever is in S by the Arbiter's word has everything on disk that anybody takes for committed. Asked
 * after each event; looks at a disk again only when it, what is committed, or S is another than the last time.
 */
final class HeldByAll {
    /** One member of S, and what its disk was when it was last found to hold everything. */
    private static final class Holder {
        final Member member;
        final SimNode node;
        long lsn;

        @Nullable
        DiskContent content;

        long changes;

        Holder(Member member, SimNode node) {
            this.member = member;
            this.node = node;
        }

        @SuppressWarnings("ReferenceEquality") // a disk that was wiped or damaged is another object
        boolean isAsBefore(long committedLsn) {
            DiskContent now = node.disk().durable();
            return committedLsn == lsn && now == content && now.changes() == changes;
        }

        void holds(long committedLsn) {
            lsn = committedLsn;
            content = node.disk().durable();
            changes = content.changes();
        }
    }

    private final CommittedLog log;
    private final Collection<SimNode> nodes;
    /** Which contents of a disk a store id stands for: a wiped disk is another store (P7). */
    private final Map<UUID, Set<Integer>> generations = new HashMap<>();

    /** The store that each node has said it is, last. */
    private final Map<NodeId, UUID> present = new HashMap<>();

    private Holder[] holders = {};

    HeldByAll(CommittedLog log, Collection<SimNode> nodes) {
        this.log = log;
        this.nodes = nodes;
    }

    /** The Arbiter has set {@code config}. */
    void onConfig(GridConfig config) {
        holders = config.members().stream()
                .map(member -> new Holder(member, node(member.nodeId())))
                .toArray(Holder[]::new);
    }

    /** {@code node} says that its disk, as it is now, is that store. */
    void onStore(SimNode node, UUID storeId) {
        generations
                .computeIfAbsent(storeId, store -> new TreeSet<>())
                .add(node.disk().generation());
        present.put(node.id(), storeId);
        for (Holder holder : holders) {
            holder.content = null;
        }
    }

    private boolean isPresent(Member member) {
        return member.storeId().equals(present.get(member.nodeId()));
    }

    private SimNode node(NodeId id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }

    /** Throws if a member of S lacks anything that is committed. */
    void check() {
        long lsn = log.lastLsn();
        for (Holder holder : holders) {
            if (!holder.isAsBefore(lsn)) {
                check(holder.member, holder.node, lsn);
                holder.holds(lsn);
            }
        }
    }

    private void check(Member member, SimNode node, long lsn) {
        if (lsn == 0) {
            return;
        }
        RecordId committed = log.idOf(lsn);
        SimDisk disk = node.disk();
        // what the disk has lost it had, and what was damaged or restored may have been refilled: it is that store
        // still
        boolean holds = isPresent(member) && holds(disk.durable(), committed);
        for (int generation : generations.getOrDefault(member.storeId(), Set.of(0))) {
            holds |= holds(disk.durable(generation), committed);
        }
        if (!holds) {
            throw new InvariantViolation(
                    "AcknowledgedWritesSurvive",
                    committed + " is committed, and the disk of " + member.nodeId() + ", a member of S, ends with "
                            + disk.durable().last());
        }
    }

    private static boolean holds(DiskContent content, RecordId committed) {
        return content.base().lsn() > committed.lsn()
                || content.id(committed.lsn()).equals(Optional.of(committed));
    }
}
