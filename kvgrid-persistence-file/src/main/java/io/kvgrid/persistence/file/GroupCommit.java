package io.kvgrid.persistence.file;

/**
 * How well one force serves all who wait: records appended, and forces that made them durable. Counts this run's appends
 * only. Written by the log thread, read by any.
 */
final class GroupCommit {
    private volatile long records;
    private volatile long forces;

    /** One force has made {@code count} records durable. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
    void count(int count) {
        records += count;
        forces++;
    }

    /** Records made durable. */
    long records() {
        return records;
    }

    /** Forces that it took. */
    long forces() {
        return forces;
    }
}
