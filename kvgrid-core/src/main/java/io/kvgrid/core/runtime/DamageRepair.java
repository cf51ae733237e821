package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.replication.ReplicaSettings;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.CorruptLogException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of a member whose durable data is damaged (P18). If the Arbiter names another node as primary, which
 * then holds everything that was acknowledged, this one goes on as <i>another store</i> (P7), in another run: whatever was
 * promised in the name of the damaged one, be it an acknowledgement that is still on its way (P12) or a place in S (P2),
 * counts for it no more, and it has to fetch all data like a node that was never there. Otherwise nobody is known to have
 * the data, and the member stops. Used by the loop only.
 */
final class DamageRepair {
    private static final Logger log = LoggerFactory.getLogger(DamageRepair.class);

    /** So that taking leave gets on its way before the connections are closed; losing it costs time, no more. */
    private static final long LEAVE_NANOS = 20_000_000;

    private final Loop loop;
    private final ReplicaSettings settings;
    private final RandomGenerator random;
    private final Consumer<Throwable> onHopeless;
    private @Nullable CorruptLogException damage;
    private int asked;

    /** @param onHopeless called with the damage if it cannot be repaired */
    DamageRepair(Loop loop, ReplicaSettings settings, RandomGenerator random, Consumer<Throwable> onHopeless) {
        this.loop = loop;
        this.settings = settings;
        this.random = random;
        this.onHopeless = onHopeless;
    }

    /** What is being repaired; null if nothing is. */
    @Nullable
    CorruptLogException damage() {
        return damage;
    }

    /**
     * Begins to repair.
     *
     * @param meta what this member was
     * @param known the newest configuration that it has followed
     * @param renewed given what it is from now on; nobody may hear of that before it is durable
     */
    void begin(
            CorruptLogException found,
            ReplicaMeta meta,
            Optional<GridConfig> known,
            Arbiter arbiter,
            Consumer<MemberRun> renewed) {
        damage = found;
        log.error(
                "node '{}' has lost durable data and takes part no longer; it is repaired from another node if there is one"
                        + " that has all: {}",
                meta.nodeId(),
                found.getMessage());
        loop.schedule(LEAVE_NANOS, () -> ask(arbiter, config -> decide(found, meta, known, arbiter, config, renewed)));
    }

    /** Another state is in the place of what was damaged. */
    void done(ReplicaMeta meta) {
        log.info("node '{}' has put another node's data in the place of what was damaged", meta.nodeId());
        damage = null;
    }

    /** Something else failed meanwhile. */
    void failed(Throwable cause) {
        CorruptLogException found = damage;
        if (found != null && cause != found) {
            found.addSuppressed(cause);
        }
        onHopeless.accept(found == null ? cause : found);
    }

    /** Asks until there is an answer: silence says nothing. */
    private void ask(Arbiter arbiter, Consumer<Optional<GridConfig>> answered) {
        int question = ++asked;
        arbiter.read()
                .whenComplete((config, failure) -> loop.execute(() -> {
                    if (question == asked && failure == null) {
                        asked++; // no other answer counts
                        answered.accept(config);
                    }
                }));
        loop.schedule(settings.leaseNanos() / 2, () -> {
            if (question == asked) {
                ask(arbiter, answered);
            }
        });
    }

    private void decide(
            CorruptLogException found,
            ReplicaMeta meta,
            Optional<GridConfig> known,
            Arbiter arbiter,
            Optional<GridConfig> read,
            Consumer<MemberRun> renewed) {
        if (read.isEmpty() || !isNewer(read.get(), known)) {
            log.error(
                    "node '{}' cannot be repaired: the Arbiter does not know the grid that this node belongs to (P8)",
                    meta.nodeId());
            onHopeless.accept(found);
        } else if (read.get().members().size() == 1 && read.get().contains(meta.nodeId())) {
            log.error(
                    "node '{}' is the grid's only member, and is repaired from nobody: bring its data back, if you can (P2)",
                    meta.nodeId());
            onHopeless.accept(found);
        } else if (read.get().primary().equals(meta.nodeId())) { // until another member has taken over
            loop.schedule(
                    settings.leaseNanos() / 2,
                    () -> ask(arbiter, config -> decide(found, meta, known, arbiter, config, renewed)));
        } else {
            renewed.accept(new MemberRun(meta.renewed(newId(), newId(), read.get())));
        }
    }

    private static boolean isNewer(GridConfig read, Optional<GridConfig> known) {
        return known.map(k -> k.lineageId().equals(read.lineageId()) && k.cv() <= read.cv())
                .orElse(true);
    }

    private UUID newId() {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
