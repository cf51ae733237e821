package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Writes a new snapshot from the present one and the committed records behind it, while the log goes on (P33). The
 * records are spread over the snapshot's partitions first; then the old snapshot is copied, with the entries that they
 * have replaced left out. Needs room for the new snapshot and for the entries of the records.
 *
 * <p>One thread, any; touches nothing but the two files that it makes. {@link #cancel} is for other threads.
 */
final class Compaction {
    private final Disk disk;
    private final Manifest manifest;
    private final long labelLsn;
    private final ByteBuffer state;
    private final long id;
    private final long salt;
    private final EntrySpill spill;
    private final long workBytes;
    private final double collecting;
    private volatile boolean cancelled;
    private volatile double progress;

    /**
     * @param manifest as it was when {@code labelLsn} was durable and committed
     * @param logBytes about how much log there is to read
     * @param state the grid's state beside its entries at that lsn
     */
    Compaction(Disk disk, Manifest manifest, long logBytes, long labelLsn, ByteBuffer state, long id, long salt) {
        this.disk = disk;
        this.manifest = manifest;
        this.labelLsn = labelLsn;
        this.state = state;
        this.id = id;
        this.salt = salt;
        SnapshotInfo older = manifest.snapshot();
        this.workBytes = 2 * logBytes + (older == null ? 0 : older.footer());
        this.collecting = (double) logBytes / workBytes;
        this.spill = new EntrySpill(disk, FileNames.snapshot(id) + FileNames.TEMPORARY);
    }

    /** Has {@link #run} end soon with a {@link CancellationException}: what it reads is about to change. */
    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** About how much it has to read and to write. */
    long workBytes() {
        return workBytes;
    }

    /** How much of that is done, from 0 to 1. Any thread. */
    double progress() {
        return progress;
    }

    /**
     * Writes the snapshot and forces it; the manifest does not name it yet. After an exception {@link #discard} is due.
     *
     * @throws Damage if what was read is not what was written
     */
    SnapshotInfo run() throws IOException, Damage {
        RecordId label = collect();
        try (SnapshotWriter writer = new SnapshotWriter(disk, id, salt)) {
            SnapshotMerge merge = new SnapshotMerge(spill, writer, this::merging);
            SnapshotInfo older = manifest.snapshot();
            if (older != null) {
                SnapshotReader.read(disk, older, new ReadWindow(), merge);
            }
            merge.finish();
            return writer.finish(label, state);
        } finally {
            spill.discard();
        }
    }

    /** Removes what was written: no manifest will name it. */
    void discard() throws IOException {
        spill.discard();
        disk.delete(FileNames.snapshot(id));
    }

    /** Spreads the records behind the old snapshot up to the label. Returns the label. */
    private RecordId collect() throws IOException, Damage {
        List<SegmentInfo> segments = manifest.needed();
        RecordId last = segments.get(0).before();
        for (SegmentInfo info : segments) {
            if (last.lsn() == labelLsn) {
                break;
            }
            String path = disk.path(info.fileName());
            try (DiskFile file = disk.open(info.fileName())) {
                SegmentReader reader = new SegmentReader(new ReadWindow(), file, info, path, info.check(file, path));
                while (last.lsn() < labelLsn && reader.hasNextGroup()) {
                    checkCancelled();
                    collected(last.lsn());
                    reader.nextGroup(last);
                    while (last.lsn() < labelLsn && reader.hasNextRecord()) {
                        LogRecord record = reader.nextRecord(last);
                        last = record.id();
                        add(record);
                    }
                }
            }
        }
        return last;
    }

    private void add(LogRecord record) throws IOException {
        boolean leavesEntry = record.kind() == RecordKind.PUT || record.kind() == RecordKind.REMOVE;
        if (leavesEntry && record.lsn() > manifest.base().lsn()) {
            spill.add(SnapshotEntry.of(record));
        }
    }

    private void collected(long lsn) {
        long base = manifest.base().lsn();
        progress = collecting * Math.max(0, lsn - base) / (labelLsn - base);
    }

    private void merging(int partition) {
        checkCancelled();
        progress = collecting + (1 - collecting) * partition / (EntrySpill.PARTITIONS + 1); // the end takes time too
    }

    private void checkCancelled() {
        if (cancelled) {
            throw new CancellationException("what the compaction reads is about to change");
        }
    }
}
