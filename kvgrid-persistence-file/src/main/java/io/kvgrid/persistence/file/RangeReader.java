package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ranges of the log beside the log thread, from files that are only appended to meanwhile: what is about to be cut
 * or removed leaves the {@link LogView} first, and a read that met it begins anew. Remembers where the last reads ended,
 * so that the next one of each reader goes on there and scans nothing twice but a part of a group. One thread at a time.
 */
final class RangeReader {
    private static final Logger LOG = LoggerFactory.getLogger(RangeReader.class);
    /** Where that many readers stopped is remembered. */
    private static final int MAX_CURSORS = 16;

    private static final int LARGE_BYTES = 1 << 20;

    private final Disk disk;
    private final Supplier<LogView> views;
    private final LongSupplier commitLsn;
    /** Newest first. */
    private final Deque<Cursor> cursors = new ArrayDeque<>();

    private ReadWindow window = new ReadWindow();

    /** A place where a group starts, and the record before it. Holds for the segment's whole life: its id is its own. */
    private record Cursor(long segmentId, long position, RecordId before) {}

    /** @param commitLsn all records up to this lsn are known to be committed */
    RangeReader(Disk disk, Supplier<LogView> views, LongSupplier commitLsn) {
        this.disk = disk;
        this.views = views;
        this.commitLsn = commitLsn;
    }

    /**
     * Reads records from {@code fromLsn} on, at most to the end of their segment.
     *
     * @throws Damage if records that the store needs are not what was written
     */
    LogRange read(long fromLsn, int maxBytes) throws IOException, Damage {
        while (true) {
            long committed = commitLsn.getAsLong(); // first: the view after it has no older records up to there
            LogView view = views.get();
            long lastLsn = Math.min(view.durableLsn(), committed);
            if (fromLsn < view.firstLsn() || fromLsn > lastLsn) {
                return new LogRange(view.firstLsn(), List.of());
            }
            SegmentInfo segment = view.segmentOf(fromLsn);
            try {
                return new LogRange(view.firstLsn(), read(segment, fromLsn, lastLsn, maxBytes));
            } catch (Damage | IOException e) {
                LogView now = views.get();
                if (!now.holds(segment)) {
                    continue; // it was cut or removed meanwhile
                }
                if (now.needs(segment)) {
                    throw e;
                }
                LOG.warn("a log file that is kept for peers alone cannot be read, and is not used", e);
                return new LogRange(segment.durableLsn() + 1, List.of());
            }
        }
    }

    private List<LogRecord> read(SegmentInfo info, long fromLsn, long lastLsn, int maxBytes)
            throws IOException, Damage {
        String path = disk.path(info.fileName());
        try (DiskFile file = disk.open(info.fileName())) {
            long end = info.check(file, path);
            Cursor start = cursor(info, fromLsn);
            SegmentReader reader = new SegmentReader(window, file, info, path, start.position, end);
            List<LogRecord> records = new ArrayList<>();
            long bytes = 0;
            RecordId last = start.before;
            Cursor group = start;
            while (last.lsn() < lastLsn && bytes < maxBytes && reader.hasNextGroup()) {
                reader.nextGroup(last);
                group = new Cursor(info.id(), reader.groupPosition(), last);
                while (reader.hasNextRecord() && last.lsn() < lastLsn) {
                    LogRecord record = reader.nextRecord(last);
                    last = record.id();
                    if (last.lsn() < fromLsn) {
                        continue;
                    }
                    bytes += record.length();
                    if (bytes > maxBytes && !records.isEmpty()) {
                        break;
                    }
                    records.add(record);
                }
            }
            remember(start, group);
            if (records.size() == 1 && bytes > LARGE_BYTES) {
                window = new ReadWindow(); // do not keep room for the one huge record
            }
            return records;
        }
    }

    /** Where to begin to read for {@code fromLsn}: the last group known to start at or before it. */
    private Cursor cursor(SegmentInfo info, long fromLsn) {
        Cursor best = new Cursor(info.id(), FileHeader.BYTES, info.before());
        for (Cursor cursor : cursors) {
            if (cursor.segmentId == info.id()
                    && cursor.before.lsn() < fromLsn
                    && cursor.before.lsn() > best.before.lsn()) {
                best = cursor;
            }
        }
        return best;
    }

    private void remember(Cursor before, Cursor after) {
        cursors.remove(before);
        cursors.addFirst(after);
        if (cursors.size() > MAX_CURSORS) {
            cursors.removeLast();
        }
    }
}
