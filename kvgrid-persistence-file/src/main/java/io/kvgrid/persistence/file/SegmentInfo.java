package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import java.io.IOException;

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

    /**
     * Requires that {@code file} is this segment.
     *
     * @return the position that reading ends at: of a sealed segment its end, else the end of its space
     */
    long check(DiskFile file, String path) throws IOException, Damage {
        FileHeader header = FileHeader.check(file, path, FileHeader.SEGMENT, id, salt);
        if (sealed()) {
            return end;
        }
        if (file.size() < header.length()) { // it was as long when it was first used, and forced (S20)
            throw new Damage(path, file.size(), header.length() + " bytes", file.size() + " bytes");
        }
        return header.length();
    }
}
