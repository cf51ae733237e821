package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends the log at a place and lets it go on in a new segment. One mechanism cuts a torn tail (S7), rewrites what was
 * never known to be forced (S3), and truncates (S9): the new segment, with a salt of its own, is forced first; the
 * manifest switches; then the old file is cut and what lies behind it removed.
 */
final class SegmentCut {
    private SegmentCut() {}

    /** On return the log ends with {@code end.last()}, durably. */
    static SegmentWriter apply(StoreFiles files, SegmentAllocator allocator, LogEnd end) throws IOException {
        GroupBuffer group = new GroupBuffer();
        for (LogRecord record : end.rewrite()) {
            group.add(record);
        }
        SegmentAllocator.Segment next = allocator.takeUrgently(group.length());
        SegmentWriter writer = next.writer();
        if (!group.isEmpty()) {
            writer.append(group.seal(next.salt(), end.before().lsn(), 0));
        }

        List<SegmentInfo> old = files.manifest().segments();
        List<SegmentInfo> kept = new ArrayList<>(old.subList(0, Math.max(0, end.segment())));
        boolean cut = end.segment() >= 0 && end.position() > FileHeader.BYTES;
        if (cut) {
            kept.add(
                    old.get(end.segment()).sealedAt(end.position(), end.before().lsn()));
        }
        kept.add(new SegmentInfo(
                next.id(),
                next.salt(),
                end.before(),
                SegmentInfo.ACTIVE,
                end.last().lsn()));
        files.switchTo(files.manifest().snapshot(), kept);

        if (cut) {
            try (DiskFile file = files.disk().open(old.get(end.segment()).fileName())) {
                file.truncate(end.position());
                file.force(true);
            }
        }
        return writer;
    }
}
