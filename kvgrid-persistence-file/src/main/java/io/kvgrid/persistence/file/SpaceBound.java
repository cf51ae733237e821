package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordFormat;

/**
 * What a store may take on disk, and how that is shared out: less than 2.5 times the live data (the entries of its
 * snapshot) and two segments. While a compaction runs there are the old and the new snapshot, and three segments that are
 * not full of what counts: the one in which the log begins, the growing one, and the next. What is left has eighteen
 * equal parts:
 *
 * <pre>
 *  5  the log that is compacted
 *  5  its entries, which are spread; they are no longer than that log
 *  5  what is appended meanwhile, which is the log of the next compaction
 *  3  log that is kept for nodes that were away
 * </pre>
 *
 * So a small store, which may use two segments, is compacted when it has written about half a segment, whatever its size;
 * a large one when its log has about a seventh of the data's size. Immutable.
 *
 * @param segmentBytes the largest size of a segment
 */
record SpaceBound(long segmentBytes) {
    private static final int LIVE_TO_SEGMENT = 16;
    private static final int SMALLEST_OF_SEGMENT = 8;
    private static final int PARTIAL_SEGMENTS = 3;
    private static final int PARTS = 18;
    private static final int LOG_PARTS = 5;
    private static final int KEPT_PARTS = 3;

    /** No record's entry is longer than the record without these. */
    private static final int RECORD_OVERHEAD_BYTES = RecordFormat.HEADER_BYTES - EntryCodec.FIXED_BYTES;

    /** Never exceeded as long as compactions go on and end, in bytes. */
    long total(long liveBytes) {
        return liveBytes * 5 / 2 + 2 * segmentBytes;
    }

    /** How far the log grows before a compaction begins. */
    long logBytes(long liveBytes) {
        return Math.max(segmentBytes / 4, LOG_PARTS * part(liveBytes));
    }

    /** How much of the log may be kept although it has been compacted. */
    long keptBytes(long liveBytes) {
        return Math.max(0, KEPT_PARTS * part(liveBytes));
    }

    /** Size of a segment: little data needs no large ones. */
    long segmentBytes(long liveBytes) {
        return Math.min(
                segmentBytes,
                Math.max(
                        liveBytes / LIVE_TO_SEGMENT,
                        Math.max(segmentBytes / SMALLEST_OF_SEGMENT, SegmentAllocator.FIRST_BYTES)));
    }

    /**
     * How far the log may grow while a compaction runs. A log that is too long already leaves less, but always some, so
     * that it is shorter the next time.
     *
     * @param logBytes of log to compact
     * @param records in it
     * @param stateBytes of the grid's state beside its entries, which both snapshots hold
     */
    long growthBytes(long liveBytes, long logBytes, long records, long stateBytes) {
        long spread = Math.max(0, logBytes - records * RECORD_OVERHEAD_BYTES);
        long left = (PARTS - KEPT_PARTS) * part(liveBytes) - 2 * stateBytes - logBytes - spread;
        return Math.max(logBytes(liveBytes) / 8, Math.min(logBytes(liveBytes), left));
    }

    /** A part of what the rest leaves, less one group, since the last one may be let through too early. */
    private long part(long liveBytes) {
        long rest = 2 * liveBytes + PARTIAL_SEGMENTS * segmentBytes(liveBytes) + Reserve.bytes(segmentBytes);
        return (total(liveBytes) - rest - GroupBuffer.MAX_BYTES) / PARTS;
    }
}
