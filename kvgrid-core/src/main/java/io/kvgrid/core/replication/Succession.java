package io.kvgrid.core.replication;

import io.kvgrid.spi.arbiter.GridConfig;
import org.jspecify.annotations.Nullable;

/**
 * How this node comes to be primary: it takes over when its promise has ended ({@link Candidacy}), when the primary hands
 * it the role, or at once if nobody else can hold a lease (P2, P6, P13).
 */
final class Succession {
    private final ReplicaContext context;
    private final ConfigChanges changes;
    private final ConfigJudge judge;
    private final Candidacy candidacy;
    /** The configuration by which the run before this one was alone, and waited for nobody; null if there is none. */
    private final @Nullable GridConfig settled;

    /** What this node proposed when it was told that it may; null if it never was. */
    private @Nullable GridConfig handedOver;

    private long handedOverNanos;

    Succession(
            ReplicaContext context,
            ConfigChanges changes,
            ConfigJudge judge,
            Candidacy candidacy,
            @Nullable GridConfig settled) {
        this.context = context;
        this.changes = changes;
        this.judge = judge;
        this.candidacy = candidacy;
        this.settled = settled;
    }

    /** The primary has given up its authority, for this node (P13). */
    void onHandOver(GridConfig config) {
        if (!changes.isBusy()) {
            handedOver = config.takenOverBy(context.self, context.newNonce());
            handedOverNanos = context.nowNanos;
            changes.propose(handedOver);
        }
    }

    /** Proposes this node if it may lead now; why it has to stop instead, or null. */
    @Nullable
    String consider(GridConfig config) {
        String objection = judge.ofTakeOver(config);
        if (objection != null || !judge.mayTakeOver(config)) {
            return objection;
        }
        if (isSettled(config)) {
            propose(config);
        } else if (candidacy.mayTakeOver() && changes.hearsArbiter(config.cv())) {
            propose(config);
        }
        return null;
    }

    private void propose(GridConfig config) {
        changes.propose(config.takenOverBy(context.self, context.newNonce()));
    }

    /**
     * The primary that this node is from {@code config} on. It leads at once when the grid is new, when the role was handed
     * over, or when nobody else can hold a lease; otherwise after the waits of P13.
     */
    Primary lead(@Nullable GridConfig before, GridConfig config) {
        boolean planned = config.equals(handedOver);
        boolean atOnce = config.cv() == 1 || planned || isSettled(before);
        Primary primary = new Primary(
                context,
                changes,
                atOnce ? context.nowNanos : candidacy.firstCommitNanos(),
                !atOnce && !candidacy.hasMetPrimary());
        if (context.rules.countsEarlierGrants(planned)) {
            primary.countGrants(handedOverNanos);
        }
        candidacy.heardPrimary();
        return primary;
    }

    /** Whether nobody was ever left out of what {@code next} names, or has been since this node's earlier run was settled. */
    boolean staysSettled(@Nullable GridConfig before, GridConfig next) {
        return next.members().size() == 1
                && next.contains(context.self.nodeId())
                && (next.cv() == 1 || isSettled(before));
    }

    private boolean isSettled(@Nullable GridConfig config) {
        return config != null
                && config.equals(settled)
                && config.members().size() == 1
                && config.contains(context.self.nodeId());
    }
}
