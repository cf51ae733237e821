package io.kvgrid.persistence.file;

import java.util.List;
import java.util.OptionalLong;

/**
 * How much of the log stays below a new snapshot, so that a node that was away finds what it missed: as much as fits into
 * the store's space bound beside the next compaction, and what a peer is reading, up to a cap (P34). Log thread, but for
 * {@link #keepFrom}.
 */
final class Retention {
    /** Unless set, a peer may have this many segments kept, or as many bytes as the snapshot if that is more. */
    private static final int DEFAULT_SEGMENTS = 4;

    private final SpaceBound bound;
    private final OptionalLong cap;
    private volatile long neededLsn = Long.MAX_VALUE;

    /** @param cap of what is kept for peers that read it; empty for the default */
    Retention(SpaceBound bound, OptionalLong cap) {
        this.bound = bound;
        this.cap = cap;
    }

    /** A peer needs the records from {@code lsn} on. Any thread. */
    void keepFrom(long lsn) {
        neededLsn = lsn;
    }

    /**
     * Index of the first segment to keep.
     *
     * @param firstNeeded of the first that the store itself needs
     * @param snapshotBytes size of the new snapshot
     */
    int firstKept(List<SegmentInfo> segments, int firstNeeded, long snapshotBytes) {
        long needed = neededLsn;
        long spare = bound.keptBytes(snapshotBytes);
        long most = Math.max(spare, capBytes(snapshotBytes));
        int first = firstNeeded;
        long bytes = 0;
        while (first > 0) {
            bytes += segments.get(first - 1).end();
            boolean isNeeded = segments.get(first).before().lsn() >= needed;
            if (bytes > (isNeeded ? most : spare)) {
                break;
            }
            first--;
        }
        return first;
    }

    private long capBytes(long snapshotBytes) {
        return cap.orElse(Math.max(DEFAULT_SEGMENTS * bound.segmentBytes(), snapshotBytes));
    }
}
