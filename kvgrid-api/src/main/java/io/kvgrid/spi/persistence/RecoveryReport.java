package io.kvgrid.spi.persistence;

/**
 * What a recovery found and did.
 *
 * @param entries entries read from the snapshot or table
 * @param records records read from the log behind it
 * @param segments files read; 0 where there are none
 * @param bytesRead bytes read
 * @param bytesCut bytes of a torn tail that were cut; never any below the durable watermark
 * @param cutReason why they were cut, naming file and offset; empty if none were
 * @param nanos how long it took
 * @param lastRun how the run before this one ended
 */
public record RecoveryReport(
        long entries,
        long records,
        int segments,
        long bytesRead,
        long bytesCut,
        String cutReason,
        long nanos,
        LastRun lastRun) {
    /** The report of a store that held nothing. */
    public static final RecoveryReport EMPTY = new RecoveryReport(0, 0, 0, 0, 0, "", 0, LastRun.NONE);

    /** How a run of a store ended. What was acknowledged survives each of them. */
    public enum LastRun {
        /** The persistence does not tell. */
        UNKNOWN,
        /** There was none: the store is new. */
        NONE,
        /** It closed the store. */
        CLOSED,
        /** It did not, and the operating system went on, as far as it tells: what was written is there, forced or not. */
        KILLED,
        /** It did not, and the operating system was restarted since: what had not been forced may be gone (S8). */
        SYSTEM_RESTARTED
    }
}
