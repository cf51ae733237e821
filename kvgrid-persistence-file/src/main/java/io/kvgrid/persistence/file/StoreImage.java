package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The committed state of a store as of one record, read beside its log thread. It holds the files open that it needs, so
 * that they can be read to their end although the store has removed them meanwhile: until {@link #close} their room is not
 * given back. One thread.
 */
final class StoreImage implements Closeable {
    private final Disk disk;
    private final Supplier<LogView> views;
    private final LogView view;
    private final long lsn;
    private final List<SegmentInfo> segments;
    private final Map<String, DiskFile> files = new TreeMap<>();
    private final ReadWindow window;

    /** Takes what the image holds: the base first, if there is one, its entries, then the records behind it. */
    interface Target {
        void base(RecordId label, ByteBuffer state) throws TargetException;

        /** Takes an entry as {@link EntryCodec} lays it out; valid during the call only. */
        void entry(ByteBuffer entry) throws TargetException;

        void record(LogRecord record) throws TargetException;
    }

    /** What the image was written to has failed, not the image. */
    static final class TargetException extends IOException {
        private static final long serialVersionUID = 1L;

        TargetException(String path, IOException cause) {
            super(path + " cannot be written: " + cause, cause);
        }
    }

    /** Records or a state that the store does not need any more cannot be read to the end; another image can. */
    static final class OutdatedException extends Exception {
        private static final long serialVersionUID = 1L;

        OutdatedException(Throwable cause) {
            super(cause);
        }
    }

    private StoreImage(Disk disk, Supplier<LogView> views, LogView view, long lsn, IntConsumer beforeRead) {
        this.disk = disk;
        this.views = views;
        this.view = view;
        this.lsn = lsn;
        this.window = new ReadWindow(beforeRead);
        this.segments = view.segmentsUpTo(lsn);
    }

    /**
     * An image of everything that is durable and known to be committed now.
     *
     * @param commitLsn all records up to this lsn are known to be committed
     * @param beforeRead called again and again while the image is read; what it throws ends the reading
     */
    static StoreImage take(Disk disk, Supplier<LogView> views, LongSupplier commitLsn, IntConsumer beforeRead)
            throws IOException {
        while (true) {
            long committed = commitLsn.getAsLong(); // first: the view after it has no older records up to there
            LogView view = views.get();
            long lsn =
                    Math.min(view.durableLsn(), Math.max(committed, view.base().lsn()));
            StoreImage image = new StoreImage(disk, views, view, lsn, beforeRead);
            try {
                image.open();
                return image;
            } catch (IOException | RuntimeException e) {
                image.close();
                if (image.isCurrent()) {
                    throw e;
                }
            }
        }
    }

    private void open() throws IOException {
        SnapshotInfo snapshot = view.snapshot();
        if (snapshot != null) {
            files.put(snapshot.fileName(), disk.open(snapshot.fileName()));
        }
        for (SegmentInfo segment : segments) {
            files.put(segment.fileName(), disk.open(segment.fileName()));
        }
    }

    /** Whether the store still has all of its files: otherwise they may have been removed before they were opened. */
    private boolean isCurrent() {
        LogView now = views.get();
        return Objects.equals(view.snapshot(), now.snapshot())
                && segments.stream().allMatch(now::holds);
    }

    /** All records up to this one are in the image. */
    long lsn() {
        return lsn;
    }

    /**
     * Gives everything to {@code target} and proves every byte of it.
     *
     * @throws CorruptLogException if what the store needs cannot be read, or is not what was written
     * @throws OutdatedException if that is so, but the store has cut it off or replaced it meanwhile
     */
    void read(Target target) throws TargetException, OutdatedException {
        SnapshotInfo snapshot = view.snapshot();
        if (snapshot != null) {
            try {
                SnapshotReader.read(file(snapshot.fileName()), path(snapshot.fileName()), snapshot, window, of(target));
            } catch (TargetException e) {
                throw e;
            } catch (Damage | IOException e) {
                throw judged(
                        e,
                        path(snapshot.fileName()),
                        snapshot.equals(views.get().snapshot()));
            }
        }
        RecordId last = view.base();
        for (SegmentInfo segment : segments) {
            try {
                last = read(segment, last, target);
            } catch (TargetException e) {
                throw e;
            } catch (Damage | IOException e) {
                LogView now = views.get();
                throw judged(e, path(segment.fileName()), now.holds(segment) && now.needs(segment));
            }
        }
        if (last.lsn() != lsn) {
            throw new IllegalStateException("an image up to lsn " + lsn + " ends with " + last);
        }
    }

    /** Gives the records of one segment that come behind {@code last}. Returns the last one given. */
    private RecordId read(SegmentInfo segment, RecordId last, Target target) throws IOException, Damage {
        String path = path(segment.fileName());
        DiskFile file = file(segment.fileName());
        SegmentReader reader = new SegmentReader(window, file, segment, path, segment.check(file, path));
        RecordId read = segment.before();
        RecordId given = last;
        while (read.lsn() < lsn && reader.hasNextGroup()) {
            reader.nextGroup(read);
            while (read.lsn() < lsn && reader.hasNextRecord()) {
                LogRecord record = reader.nextRecord(read);
                read = record.id();
                if (read.lsn() > given.lsn()) {
                    if (!record.follows(given)) { // the snapshot's label is the record that the log has there
                        throw new Damage(
                                path, reader.groupPosition(), "a record that follows " + given, read.toString());
                    }
                    given = read;
                    target.record(record);
                }
            }
        }
        return given;
    }

    private static SnapshotReader.Target of(Target target) {
        return new SnapshotReader.Target() {
            @Override
            public void base(RecordId label, ByteBuffer state, long entries) throws IOException {
                target.base(label, state);
            }

            @Override
            public void entry(ByteBuffer entry, String path, long position) throws IOException {
                target.entry(entry);
            }
        };
    }

    /** P18: what cannot be read is as good as lost, if the store needs it. */
    private static CorruptLogException judged(Exception failure, String path, boolean isNeeded)
            throws OutdatedException {
        if (!isNeeded) {
            throw new OutdatedException(failure);
        }
        return failure instanceof Damage damage
                ? damage.corrupt("it has been forced")
                : new CorruptLogException(path + " cannot be read: " + failure, failure);
    }

    private DiskFile file(String name) {
        DiskFile file = files.get(name);
        if (file == null) {
            throw new IllegalStateException("the image holds " + files.keySet() + ", not " + name);
        }
        return file;
    }

    private String path(String name) {
        return disk.path(name);
    }

    @Override
    public void close() throws IOException {
        IOException first = null;
        for (DiskFile file : files.values()) {
            try {
                file.close();
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        files.clear();
        if (first != null) {
            throw first;
        }
    }
}
