package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the whole store, in order and in bounded memory, and finds the end of the log: a torn tail, or lost
 * acknowledged data. Changes no file. A bad record is corrupt if there is evidence that it was durable: its segment is
 * sealed, or the manifest, the side file or a later group header names its lsn or a higher one. Otherwise it is torn
 * (S6). Damage inside the very last forced group that nothing names yet cannot be told from a torn write.
 *
 * <p>Used once, on the log thread.
 */
final class Recovery {
    private final StoreFiles files;
    private final List<SegmentInfo> segments;
    private final Mark mark;
    private final RecoveryHandler handler;
    private final ReadWindow window = new ReadWindow();
    private final RecentChecksums recent = new RecentChecksums();

    /** The snapshot's label; records up to it may still stand in the first segment. */
    private final RecordId base;

    private RecordId last;
    private long commitLsn;

    /** Last lsn known to have been forced. */
    private long durableLsn;

    /** What the growing segment holds behind {@link #forcedBefore}: nothing says yet that it was forced. */
    private final List<LogRecord> unforced = new ArrayList<>();

    private long forcedEnd;
    private RecordId forcedBefore;

    private long entries;
    private long records;
    private long tailBytes;
    private long bytesCut;
    private String cutReason = "";

    /** @param segments those that the manifest {@linkplain Manifest#needed needs}, or all, to have them proved */
    Recovery(StoreFiles files, List<SegmentInfo> segments, Mark mark, RecoveryHandler handler) {
        this.files = files;
        this.segments = segments;
        this.mark = mark;
        this.handler = handler;
        this.base = files.manifest().base();
        this.last = base;
        this.forcedBefore = base;
    }

    /**
     * Gives everything to the handler.
     *
     * @return where the log goes on; what is to be rewritten there is not durable before that was done (S3)
     * @throws CorruptLogException if data that was durable cannot be read back
     */
    LogEnd run() throws IOException {
        Manifest manifest = files.manifest();
        SnapshotInfo snapshot = manifest.snapshot();
        boolean inPlace = false;
        try {
            if (snapshot != null) {
                entries = SnapshotReader.read(files.disk(), snapshot, window, snapshotTarget());
                commitLsn = base.lsn();
            } else {
                handler.expect(expectedRecords());
            }
            start();
            for (SegmentInfo info : segments) {
                inPlace = segment(info);
            }
        } catch (Damage e) {
            throw e.corrupt("the manifest says that it is durable");
        }
        return new LogEnd(manifest.segments().size() - 1, forcedEnd, forcedBefore, List.copyOf(unforced), inPlace);
    }

    private SnapshotReader.Target snapshotTarget() {
        return new SnapshotReader.Target() {
            @Override
            public void base(RecordId label, ByteBuffer state, long count) {
                handler.expect(count + expectedRecords());
                handler.base(label, state);
            }

            @Override
            public void entry(ByteBuffer entry, String path, long position) throws Damage {
                handler.entry(EntryCodec.read(entry, path, position));
            }
        };
    }

    /** As many as were known to be durable; the growing segment may have more. */
    private long expectedRecords() {
        if (segments.isEmpty()) {
            return 0;
        }
        SegmentInfo growing = segments.get(segments.size() - 1);
        long durable = Math.max(growing.durableLsn(), mark.isFor(growing) ? mark.durableLsn() : 0);
        return Math.max(0, durable - base.lsn());
    }

    /** The first segment may start before the label, since a compaction cuts nowhere but between segments (P33). */
    private void start() throws Damage {
        if (!segments.isEmpty()) {
            last = segments.get(0).before();
            forcedBefore = last;
        }
        if (last.lsn() > base.lsn()) {
            throw new Damage(files.disk().path(FileNames.MANIFEST), 0, "a log from " + base, "one from " + last);
        }
        if (last.lsn() == base.lsn()) {
            requireBase(last, FileNames.MANIFEST, 0);
        }
    }

    /** The record with the label's lsn must be the one that the label names. */
    private void requireBase(RecordId id, String name, long position) throws Damage {
        if (!id.equals(base)) {
            throw new Damage(files.disk().path(name), position, "record " + base, "record " + id);
        }
    }

    /** All records up to this lsn are known to be committed. */
    long commitLsn() {
        return commitLsn;
    }

    RecentChecksums recent() {
        return recent;
    }

    RecoveryReport report(long nanos, RecoveryReport.LastRun lastRun) {
        return new RecoveryReport(
                entries, records, segments.size(), window.bytesRead() + tailBytes, bytesCut, cutReason, nanos, lastRun);
    }

    /** Returns whether the log can go on right behind what was read. */
    private boolean segment(SegmentInfo info) throws IOException, Damage {
        String path = files.disk().path(info.fileName());
        if (!info.before().equals(last)) {
            throw new Damage(path, 0, "a segment that follows " + last, "one that follows " + info.before());
        }
        boolean marked = mark.isFor(info);
        durableLsn = Math.max(base.lsn(), Math.max(info.durableLsn(), marked ? mark.durableLsn() : 0));
        allForcedUpTo(FileHeader.BYTES);
        try (DiskFile file = files.disk().open(info.fileName())) {
            long end = info.check(file, path);
            SegmentReader reader = new SegmentReader(window, file, info, path, end);
            try {
                while (reader.hasNextGroup()) {
                    group(reader, info);
                }
                return false;
            } catch (Damage damage) {
                if (info.sealed()) {
                    throw damage;
                }
                endOfLog(damage, reader, file, info, end);
            }
        }
        if (marked) {
            committed(mark.commitLsn());
        }
        return unforced.isEmpty() && cutReason.isEmpty();
    }

    private void group(SegmentReader reader, SegmentInfo info) throws IOException, Damage {
        GroupHeader group = reader.nextGroup(last);
        durableLsn = Math.max(durableLsn, group.durableLsn());
        if (reader.sealed() || last.lsn() <= durableLsn) {
            allForcedUpTo(reader.groupPosition());
        }
        while (reader.hasNextRecord()) {
            LogRecord record = reader.nextRecord(last);
            if (record.lsn() == base.lsn()) {
                requireBase(record.id(), info.fileName(), reader.groupPosition());
            }
            last = record.id();
            recent.add(last);
            if (!reader.sealed()) {
                unforced.add(record);
            }
            if (last.lsn() > base.lsn()) {
                records++;
                handler.record(record);
            }
        }
        if (reader.sealed() || last.lsn() <= durableLsn) {
            allForcedUpTo(reader.groupEnd());
        }
        committed(group.commitLsn());
    }

    private void allForcedUpTo(long position) {
        unforced.clear();
        forcedEnd = position;
        forcedBefore = last;
    }

    private void committed(long lsn) {
        long known = Math.min(lsn, last.lsn());
        if (known > commitLsn) {
            commitLsn = known;
            handler.committed(known);
        }
    }

    /** Tells whether the growing segment just ends there, was torn there, or has lost what was durable (S6, S7, S20). */
    private void endOfLog(Damage damage, SegmentReader reader, DiskFile file, SegmentInfo info, long end)
            throws IOException {
        long lostLsn = last.lsn() + 1;
        if (durableLsn >= lostLsn) {
            throw damage.corrupt("records up to lsn " + durableLsn + " are known to have been durable");
        }
        boolean atGroup = damage.position() == reader.groupPosition();
        if (mark.clean() && mark.isFor(info) && mark.durableLsn() == last.lsn() && reader.atZeros()) {
            return; // the store was closed right here (S27): nothing can follow
        }
        UnreadTail tail = UnreadTail.scan(file, reader.groupPosition(), end, info.salt(), lostLsn);
        tailBytes = tail.scanned();
        if (tail.durableLsn() >= lostLsn) {
            throw damage.corrupt("the group at byte " + tail.headerPosition() + " was written after lsn "
                    + tail.durableLsn() + " had been forced");
        }
        if (tail.nonZeroEnd() > reader.groupPosition()) {
            bytesCut = Math.max(0, tail.nonZeroEnd() - (atGroup ? reader.groupPosition() : damage.position()));
            cutReason = String.valueOf(damage.getMessage());
        }
    }
}
