package io.kvgrid.core.replication;

/**
 * How long it takes until what was given to one disk is durable and acknowledged, taken from one record at a time; and for
 * how long that has been too long (P40). It is too long from the first time above a limit until it is below half of it.
 */
final class AckLatency {
    private boolean sampling;
    private long sampledLsn;
    private long sampledNanos;

    private boolean known;
    private long latencyNanos;
    private long measuredNanos;

    private boolean slow;
    private long slowSinceNanos;

    /** All up to {@code lsn} is on its way. */
    void given(long lsn, long nowNanos) {
        if (!sampling) {
            sampling = true;
            sampledLsn = lsn;
            sampledNanos = nowNanos;
        }
    }

    /** All up to {@code lsn} is durable. */
    void durable(long lsn, long nowNanos) {
        if (sampling && lsn >= sampledLsn) {
            sampling = false;
            known = true;
            latencyNanos = nowNanos - sampledNanos;
            measuredNanos = nowNanos;
        }
    }

    /** What is on its way is lost, and is given again. */
    void forget() {
        sampling = false;
    }

    /** The newest measurement, or how long the one under way has lasted if that is more; 0 if there is none of late. */
    long nanos(long nowNanos, long lateNanos) {
        long measured = known && nowNanos - measuredNanos < lateNanos ? latencyNanos : 0;
        return sampling ? Math.max(measured, nowNanos - sampledNanos) : measured;
    }

    /** Compares the latency of late with a limit. To be called now and then. */
    void judge(long limitNanos, long nowNanos, long lateNanos) {
        long latency = nanos(nowNanos, lateNanos);
        if (latency > limitNanos) {
            if (!slow) {
                slow = true;
                slowSinceNanos = nowNanos;
            }
        } else if (latency < limitNanos / 2) {
            slow = false;
        }
    }

    boolean isSlow() {
        return slow;
    }

    /** Whether it has been too slow at least that long. */
    boolean isSlowFor(long nanos, long nowNanos) {
        return slow && nowNanos - slowSinceNanos >= nanos;
    }
}
