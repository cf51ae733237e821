package io.kvgrid.persistence.file;

/**
 * How fast the log may grow while one compaction runs: what it may still grow by, spread over the time that the
 * compaction still needs, as its progress tells. A slower load is not held back at all; a faster one is by what it writes,
 * group for group, so that it neither outgrows the {@link SpaceBound} nor ever stops. Pure; one thread.
 */
final class GrowthPace {
    /**
     * No group waits longer, whatever the compaction does: a third of a lease, so that a log that is held back is not
     * taken for a dead one (P40), and a compaction that stands still does not end all writing.
     */
    static final long MAX_WAIT_NANOS = 200_000_000;

    /** The time that was expected counts as much as the time that this part of the work has taken. */
    private static final double EXPECTATION = 1.0 / 8;

    private final long startNanos;
    private final long startBytes;
    private final long growthBytes;
    private final long expectedNanos;

    /** The log's length and the time when the last group was let through. */
    private long passedBytes;

    private long passedNanos;

    /**
     * @param logBytes the log's length as the compaction begins
     * @param growthBytes what may be added to it before the compaction ends
     * @param expectedNanos how long that will take, as far as is known
     */
    GrowthPace(long logBytes, long growthBytes, long expectedNanos, long nowNanos) {
        this.startNanos = nowNanos;
        this.startBytes = logBytes;
        this.growthBytes = growthBytes;
        this.expectedNanos = expectedNanos;
        this.passedBytes = logBytes;
        this.passedNanos = nowNanos;
    }

    /**
     * How long the next group has to wait for what was written since the last one was let through; not positive if it
     * need not.
     *
     * @param logBytes the log's present length
     * @param progress of the compaction, from 0 to 1
     */
    long waitNanos(long logBytes, double progress, long nowNanos) {
        double allNanos = (EXPECTATION * expectedNanos + nowNanos - startNanos) / (EXPECTATION + progress);
        double nanosLeft = allNanos * (1 - progress);
        double bytesLeft = growthBytes - (logBytes - startBytes);
        double nanos = bytesLeft > 0 ? (logBytes - passedBytes) * nanosLeft / bytesLeft : MAX_WAIT_NANOS;
        return (long) Math.min(nanos, MAX_WAIT_NANOS) - (nowNanos - passedNanos);
    }

    /** The next group is let through. */
    void pass(long logBytes, long nowNanos) {
        passedBytes = logBytes;
        passedNanos = nowNanos;
    }
}
