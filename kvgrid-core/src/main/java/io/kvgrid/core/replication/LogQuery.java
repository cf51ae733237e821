package io.kvgrid.core.replication;

/** What the primary asks of the log on its own disk for others; only where the persistence offers to read it back. */
public sealed interface LogQuery {
    /**
     * Read records from {@code fromLsn} on, at least one, then no more than fit into {@code maxBytes}. {@link Input.LogRead}
     * follows.
     *
     * @param number tells the questions of one run apart
     */
    record Read(long number, long fromLsn, int maxBytes) implements LogQuery {}

    /** Keep records from {@code fromLsn} on, if that can be (P34); {@code Long.MAX_VALUE} for none. */
    record Keep(long fromLsn) implements LogQuery {}
}
