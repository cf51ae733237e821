package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;

/**
 * What the manifest knows of one segment.
 *
 * @param before the record before the segment's first one
 * @param end position behind the last group of a sealed segment, all of it forced; {@link #ACTIVE} while it grows
 * @param durableLsn the last lsn known to be forced when the manifest was written
 */
record SegmentInfo(long id, long salt, RecordId before, long end, long durableLsn) {
    static final long ACTIVE = 0;

    boolean sealed() {
        return end != ACTIVE;
    }

    SegmentInfo sealedAt(long position, long durable) {
        return new SegmentInfo(id, salt, before, position, durable);
    }

    String fileName() {
        return FileNames.segment(id);
    }

    FileHeader header() {
        return new FileHeader(FileHeader.SEGMENT, id, salt);
    }
}
