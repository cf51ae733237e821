package io.kvgrid.persistence.file;

/**
 * How far the log is known to be durable, as kept in the side file (S6).
 *
 * @param clean whether the store was closed after that, with nothing written behind it (S27)
 * @param segmentId the segment that was growing; the mark says nothing of any other
 * @param segmentSalt its salt
 * @param durableLsn the last lsn whose force had returned
 * @param commitLsn all records up to this lsn were known to be committed
 */
record Mark(boolean clean, long segmentId, long segmentSalt, long durableLsn, long commitLsn) {
    static final Mark NONE = new Mark(false, 0, 0, 0, 0);

    boolean isFor(SegmentInfo segment) {
        return segmentId == segment.id() && segmentSalt == segment.salt();
    }

    Mark withoutClean() {
        return new Mark(false, segmentId, segmentSalt, durableLsn, commitLsn);
    }
}
