package io.kvgrid.core.replication;

import io.kvgrid.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A follower's right to answer reads alone (P28, P30): lasts {@code L(1 - rho)} from when it sent the request that the
 * primary granted (Gray and Cheriton, SOSP '89).
 */
final class ReadLease {
    private final ReplicaContext context;
    private @Nullable Tenure tenure;
    private boolean jumped;
    private long jumpedNanos;

    ReadLease(ReplicaContext context) {
        this.context = context;
    }

    /** Asks for the next one. */
    void request() {
        if (context.settings.leasedReads()) {
            context.send(context.requireConfig().primary(), new Message.LeaseRequest(context.nowNanos));
        }
    }

    /** The primary has granted what was asked for then, under the present configuration. */
    void onGrant(long sentNanos) {
        if (!context.settings.leasedReads()
                || sentNanos - context.nowNanos > 0
                || (jumped && sentNanos - jumpedNanos <= 0)) {
            return;
        }
        long until = context.rules.leaseFrom(sentNanos, context.nowNanos) + context.settings.authorityNanos();
        if (until - context.nowNanos <= 0) {
            return;
        }
        Tenure present = tenure;
        if (present == null || !present.extend(context.nowNanos, until)) {
            tenure = Tenure.until(until); // P27: never one that had lapsed
        }
    }

    /** P29: ends it, and no request that was sent before brings it back. */
    void onClockJumped() {
        tenure = null;
        jumped = true;
        jumpedNanos = context.nowNanos;
    }

    /** Ends it: configuration, log or state change under it. */
    void interrupt() {
        tenure = null;
    }

    @Nullable
    Tenure tenure() {
        return tenure;
    }
}
