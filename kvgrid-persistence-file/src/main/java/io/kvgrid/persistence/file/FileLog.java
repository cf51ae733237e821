package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The log behind its base: appends, rolls, cuts and replaces segments. Records are buffered by {@link #append} and
 * durable once {@link #flush} returns. Log thread only. After any exception but {@link IllegalArgumentException} and
 * {@link DiskFullException} it must not be used again (S2).
 */
final class FileLog implements Closeable {
    private final StoreFiles files;
    private final SegmentAllocator allocator;
    private final CommitIndex commitLsn;
    private final RecentChecksums recent;
    private final GroupCommit groupCommit = new GroupCommit();
    private final GroupBuffer group = new GroupBuffer();

    private SegmentWriter active;

    /** The last record appended. */
    private RecordId last;

    /** The last lsn whose force has returned. Invariant: durableLsn <= last.lsn(). */
    private long durableLsn;

    private long bytes;

    /** What others may read; the log thread alone replaces it. */
    private volatile LogView view = LogView.EMPTY;

    /**
     * Goes on where recovery found the end. On return everything up to {@code end.last()} is durable (S3, S7).
     *
     * @param commitLsn all records up to this lsn are known to be committed; read whenever a group is written
     */
    FileLog(StoreFiles files, SegmentAllocator allocator, LogEnd end, RecentChecksums recent, CommitIndex commitLsn)
            throws IOException {
        this(
                files,
                allocator,
                commitLsn,
                recent,
                end.inPlace() ? reopen(files, end) : SegmentCut.apply(files, allocator, end),
                end.last());
    }

    private FileLog(
            StoreFiles files,
            SegmentAllocator allocator,
            CommitIndex commitLsn,
            RecentChecksums recent,
            SegmentWriter active,
            RecordId last) {
        this.files = files;
        this.allocator = allocator;
        this.commitLsn = commitLsn;
        this.recent = recent;
        this.active = active;
        this.last = last;
        this.durableLsn = last.lsn();
        for (SegmentInfo segment : files.manifest().needed()) {
            bytes += segment.end();
        }
        bytes += active.position();
        publish();
    }

    /** The log of a store whose content is replaced by a forced snapshot before any of it could be read. */
    static FileLog behind(SnapshotInfo snapshot, StoreFiles files, SegmentAllocator allocator, CommitIndex commitLsn)
            throws IOException {
        SegmentAllocator.Segment first = allocator.take(0);
        switchTo(snapshot, files, first);
        return new FileLog(files, allocator, commitLsn, new RecentChecksums(), first.writer(), snapshot.label());
    }

    private static SegmentWriter reopen(StoreFiles files, LogEnd end) throws IOException {
        SegmentInfo info = files.manifest().segments().get(end.segment());
        DiskFile file = files.disk().open(info.fileName());
        return new SegmentWriter(info.salt(), file, end.position(), file.size());
    }

    /** What the side file should say of this log now. */
    Mark mark(boolean clean) {
        SegmentInfo info = activeInfo();
        return new Mark(clean, info.id(), info.salt(), durableLsn, durableCommitLsn());
    }

    /**
     * Takes {@code records} behind the last one; those that the log already holds with the same bytes are left out.
     *
     * @throws IllegalArgumentException if they do not continue the log; nothing was taken
     * @throws DiskFullException if there is no room for all of them; a prefix has become durable
     */
    void append(List<LogRecord> records) throws IOException {
        RecordId previous = last;
        for (LogRecord record : records) {
            if (record.lsn() <= last.lsn()) {
                requireHeld(record);
            } else if (record.follows(previous)) {
                previous = record.id();
            } else {
                throw new IllegalArgumentException(record + " does not follow " + previous);
            }
        }
        for (LogRecord record : records) {
            if (record.lsn() > last.lsn()) {
                add(record);
            }
        }
    }

    private void add(LogRecord record) throws IOException {
        int length = group.length() + record.length();
        if (!group.isEmpty() && (length > GroupBuffer.MAX_BYTES || !active.fits(length))) {
            flush();
        }
        if (!active.fits(group.length() + record.length())) {
            roll(group.length() + record.length());
        }
        group.add(record);
        last = record.id();
        recent.add(last);
    }

    private void requireHeld(LogRecord record) throws IOException {
        long lsn = record.lsn();
        long base = files.manifest().base().lsn();
        int held;
        if (recent.holds(lsn)) {
            held = recent.get(lsn);
        } else if (lsn >= base) {
            flush();
            held = LogScanner.find(files, lsn, active.position()).last().checksum();
        } else {
            throw new IllegalArgumentException(record + " lies below the log, which starts behind lsn " + base);
        }
        if (held != record.checksum()) { // P10
            throw new IllegalArgumentException(record + " differs from the record that the log holds");
        }
    }

    /** The last record appended. */
    RecordId last() {
        return last;
    }

    /** The last lsn whose force has returned. */
    long durableLsn() {
        return durableLsn;
    }

    /** Bytes of log that were found, and written since; never falls. */
    long bytes() {
        return bytes;
    }

    /** What of it can be read beside the log thread. Any thread. */
    LogView view() {
        return view;
    }

    private void publish() {
        Manifest manifest = files.manifest();
        view = new LogView(manifest.snapshot(), manifest.segments(), active.position(), durableLsn);
    }

    GroupCommit groupCommit() {
        return groupCommit;
    }

    boolean isFull() {
        return group.length() >= GroupBuffer.MAX_BYTES / 2;
    }

    /** Writes and forces what was appended; on return all of it is durable (S1). */
    void flush() throws IOException {
        if (group.isEmpty()) {
            return;
        }
        active.append(group.seal(active.salt(), durableLsn, durableCommitLsn()));
        durableLsn = group.lastLsn();
        bytes += group.length();
        groupCommit.count(group.count());
        group.clear();
        publish();
        if (active.isHalfFull()) {
            allocator.prepare();
        }
    }

    /** Lets the next segment take over; the group must be empty. */
    private void roll(int bytes) throws IOException {
        SegmentAllocator.Segment next = allocator.take(bytes);
        List<SegmentInfo> segments = new ArrayList<>(files.manifest().segments());
        SegmentInfo full = segments.remove(segments.size() - 1);
        if (!active.isEmpty()) {
            segments.add(full.sealedAt(active.position(), durableLsn));
        }
        segments.add(new SegmentInfo(next.id(), next.salt(), last, SegmentInfo.ACTIVE, durableLsn));
        files.switchTo(files.manifest().snapshot(), segments);
        active.close();
        active = next.writer();
        publish();
        files.reserve().fill();
    }

    /**
     * Removes all records above {@code lsn}, for good (S9).
     *
     * @throws IllegalArgumentException if {@code lsn} is below the log's base or above its last record
     */
    void truncateAfter(long lsn) throws IOException {
        flush();
        long base = files.manifest().base().lsn();
        if (lsn < base || lsn > last.lsn()) {
            throw new IllegalArgumentException(
                    "cannot cut after lsn " + lsn + ": the log holds those above " + base + " up to " + last.lsn());
        }
        if (lsn < last.lsn()) {
            LogEnd end = LogScanner.find(files, lsn, active.position());
            view = view.cutAt(end);
            try {
                replaceActive(SegmentCut.apply(files, allocator, end), end.last());
            } catch (DiskFullException e) {
                publish(); // nothing has changed
                throw e;
            }
            recent.cutAfter(lsn);
        }
    }

    /**
     * Puts a forced snapshot in the place of the present one and of the segments whose records it contains (P33, P34).
     * The growing segment stays, and so may others in which it ends, or that {@code retention} keeps for peers.
     */
    void dropBelow(SnapshotInfo snapshot, Retention retention) throws IOException {
        List<SegmentInfo> segments = files.manifest().segments();
        List<SegmentInfo> kept = segments.subList(firstKept(snapshot, retention), segments.size());
        view = new LogView(snapshot, List.copyOf(kept), active.position(), durableLsn);
        files.switchTo(snapshot, kept);
    }

    /** Gives back the segments that {@code retention} has kept for peers alone and does not keep any more. */
    void release(Retention retention) throws IOException {
        SnapshotInfo snapshot = files.manifest().snapshot();
        if (snapshot != null && firstKept(snapshot, retention) > 0) {
            dropBelow(snapshot, retention);
        }
    }

    private int firstKept(SnapshotInfo snapshot, Retention retention) {
        Manifest manifest = files.manifest();
        int firstNeeded = manifest.firstBehind(snapshot.label().lsn());
        return retention.firstKept(manifest.segments(), firstNeeded, snapshot.footer());
    }

    /** Puts a forced snapshot in the place of everything (P33, S13). The next record follows its label. */
    void replaceBy(SnapshotInfo snapshot) throws IOException {
        RecordId label = snapshot.label();
        SegmentAllocator.Segment next = allocator.take(0);
        view = LogView.behind(snapshot);
        switchTo(snapshot, files, next);
        replaceActive(next.writer(), label);
        recent.cutAfter(0);
    }

    private static void switchTo(SnapshotInfo snapshot, StoreFiles files, SegmentAllocator.Segment first)
            throws IOException {
        RecordId label = snapshot.label();
        files.switchTo(
                snapshot, List.of(new SegmentInfo(first.id(), first.salt(), label, SegmentInfo.ACTIVE, label.lsn())));
    }

    private void replaceActive(SegmentWriter writer, RecordId newLast) throws IOException {
        active.close();
        active = writer;
        last = newLast;
        durableLsn = newLast.lsn();
        publish();
    }

    @Override
    public void close() throws IOException {
        active.close();
    }

    private SegmentInfo activeInfo() {
        List<SegmentInfo> segments = files.manifest().segments();
        return segments.get(segments.size() - 1);
    }

    /** Never above the watermark, so that recovery never knows of a committed record that it has lost. */
    private long durableCommitLsn() {
        return Math.min(commitLsn.get(), durableLsn);
    }
}
