package io.kvgrid.core.replication;

import org.jspecify.annotations.Nullable;

/**
 * Whether a disk of S is so much slower than the others that the grid is better off without it (P40). A disk is judged
 * beside the others: when all are slow, nobody is to blame.
 */
final class DiskSpeed {
    private static final int TIMES_SLOWER = 4;

    private final ReplicaContext context;
    private final Peers peers;
    private final AckLatency own = new AckLatency();
    /** Since when this node's own log has something to force and forces nothing. */
    private boolean ownWaits;

    private long ownWaitsSinceNanos;
    private long ownFlushedLsn;

    DiskSpeed(ReplicaContext context, Peers peers) {
        this.context = context;
        this.peers = peers;
        ownFlushedLsn = context.flushedLsn();
    }

    /** Takes measurements of this node's own disk. */
    void measure() {
        long flushed = context.flushedLsn();
        long last = context.state.last().lsn();
        own.durable(flushed, context.nowNanos);
        if (flushed >= last) {
            ownWaits = false;
        } else {
            own.given(last, context.nowNanos);
            if (!ownWaits || flushed != ownFlushedLsn) {
                ownWaits = true;
                ownWaitsSinceNanos = context.nowNanos;
            }
        }
        ownFlushedLsn = flushed;
    }

    /** Compares all disks of S and of those that want to join. */
    void judge() {
        long ownNanos = nanos(own);
        own.judge(limit(fastest(null)), context.nowNanos, context.settings.lateNanos());
        for (Progress each : peers.all()) {
            long fastestOther = fastest(each);
            each.latency()
                    .judge(
                            limit(fastestOther == Long.MAX_VALUE ? ownNanos : Math.max(ownNanos, fastestOther)),
                            context.nowNanos,
                            context.settings.lateNanos());
        }
    }

    /** Whether that member's disk stands still, or has been too slow for long. */
    boolean isBad(Progress member) {
        return member.stalledNanos() >= context.settings.stallNanos()
                || member.latency().isSlowFor(context.settings.slowForNanos(), context.nowNanos);
    }

    /** The same of this node's own disk. */
    boolean isOwnBad() {
        return (ownWaits && context.hasPassed(ownWaitsSinceNanos, context.settings.stallNanos()))
                || own.isSlowFor(context.settings.slowForNanos(), context.nowNanos);
    }

    /** The least latency of the members of S beside {@code but}; {@code Long.MAX_VALUE} if there are none. */
    private long fastest(@Nullable Progress but) {
        long least = Long.MAX_VALUE;
        for (Progress each : peers.all()) {
            if (each != but && context.requireConfig().members().contains(each.member())) {
                least = Math.min(least, nanos(each.latency()));
            }
        }
        return least;
    }

    private long nanos(AckLatency latency) {
        return latency.nanos(context.nowNanos, context.settings.lateNanos());
    }

    private long limit(long othersNanos) {
        return othersNanos == Long.MAX_VALUE
                ? Long.MAX_VALUE
                : Math.max(context.settings.slowNanos(), TIMES_SLOWER * othersNanos);
    }
}
