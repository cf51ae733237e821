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
 */
public record RecoveryReport(
        long entries, long records, int segments, long bytesRead, long bytesCut, String cutReason, long nanos) {
    /** The report of a store that held nothing. */
    public static final RecoveryReport EMPTY = new RecoveryReport(0, 0, 0, 0, 0, "", 0);
}
