package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a store of what it is given, in an empty directory. The manifest comes last, so that before {@link #publish} has
 * returned there is either all of it or no store: a start finds an empty directory, or refuses files without a manifest
 * (S13). Nothing of the node whose data it is stands in it: no metadata, no salt, no boot id (S28). One thread.
 */
final class StoreCopy implements StoreImage.Target, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreCopy.class);

    private final Disk disk;
    private final LongSupplier salts;
    private final StoreFiles files;
    private final SegmentAllocator allocator;
    private final CommitIndex commitLsn = new CommitIndex();
    private final Closeable lock;

    private @Nullable SnapshotWriter writer;
    private RecordId label = RecordId.NONE;
    private ByteBuffer state = ByteBuffer.allocate(0);
    private @Nullable FileLog log;
    private long entries;
    private long records;
    private long unforced;
    private boolean exists;

    private StoreCopy(Disk disk, LongSupplier salts, long segmentBytes, Closeable lock) {
        this.disk = disk;
        this.salts = salts;
        this.files = StoreFiles.inTheMaking(disk);
        this.allocator = new SegmentAllocator(files, salts, Runnable::run, new SpaceBound(segmentBytes));
        this.lock = lock;
    }

    /**
     * Takes the directory, which is made if it does not exist.
     *
     * @throws FileAlreadyExistsException if something is in it
     */
    static StoreCopy in(Disk disk, LongSupplier salts, long segmentBytes) throws IOException {
        requireEmpty(disk);
        Closeable lock = disk.acquire();
        try {
            requireEmpty(disk); // nobody else can fill it now
            return new StoreCopy(disk, salts, segmentBytes, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void requireEmpty(Disk disk) throws IOException {
        try {
            for (String name : disk.list()) {
                if (!name.equals(DirectoryLock.LOCK) && !name.equals(DirectoryLock.OWNER)) {
                    throw new FileAlreadyExistsException(
                            disk.path(name), null, "a backup is made in an empty directory");
                }
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is made", disk.path(""));
        }
    }

    /** All records up to {@code lsn} are committed. Comes first. */
    void committed(long lsn) {
        commitLsn.committed(lsn);
    }

    @Override
    public void base(RecordId newLabel, ByteBuffer newState) throws StoreImage.TargetException {
        label = newLabel;
        state = newState;
        onTarget(() -> writer = new SnapshotWriter(disk, files.newId(), salts.getAsLong()));
    }

    @Override
    public void entry(ByteBuffer entry) throws StoreImage.TargetException {
        SnapshotWriter snapshot = writer;
        if (snapshot == null) {
            throw new IllegalStateException("an entry without a base, or behind the first record");
        }
        entries++;
        onTarget(() -> snapshot.add(entry));
    }

    @Override
    public void record(LogRecord record) throws StoreImage.TargetException {
        records++;
        onTarget(() -> {
            FileLog target = log();
            target.append(List.of(record));
            unforced += record.length();
            if (target.isFull() || unforced >= SnapshotWriter.STEP_BYTES) {
                target.flush(); // piece by piece, so that the store's own forces need not wait for all of it
                unforced = 0;
            }
        });
    }

    /** Makes everything durable that was given; there is no store yet. */
    void finish() throws StoreImage.TargetException {
        onTarget(() -> {
            FileLog target = log();
            target.flush();
            target.close();
            allocator.close();
            ReplicaMeta.create(disk, target.mark(false), BootId.UNKNOWN);
        });
    }

    /** Makes the store exist; durable on return. */
    void publish() throws StoreImage.TargetException {
        exists = true; // it may, even if this fails
        onTarget(files::publish);
    }

    /** The log goes on behind the snapshot, if there is one, as in a store that was given another node's state. */
    private FileLog log() throws IOException {
        FileLog started = log;
        if (started == null) {
            started = startLog();
            log = started;
        }
        return started;
    }

    private FileLog startLog() throws IOException {
        SnapshotWriter snapshot = writer;
        if (snapshot == null) {
            LogEnd empty = new LogEnd(-1, 0, RecordId.NONE, List.of(), false);
            return new FileLog(files, allocator, empty, new RecentChecksums(), commitLsn);
        }
        SnapshotInfo finished = snapshot.finish(label, state);
        snapshot.close();
        writer = null;
        return FileLog.behind(finished, files, allocator, commitLsn);
    }

    /** How many entries the snapshot has. */
    long entries() {
        return entries;
    }

    /** How many records stand behind it. */
    long records() {
        return records;
    }

    /** The last record in it. */
    RecordId last() {
        return log == null ? label : log.last();
    }

    /** Bytes of its snapshot and its segments. */
    long bytes() throws IOException {
        long bytes = 0;
        for (String name : files.manifest().fileNames()) {
            try (DiskFile file = disk.open(name)) {
                bytes += file.size();
            }
        }
        return bytes;
    }

    /** Removes everything that was made, as far as the disk lets it. */
    void discard() {
        try {
            closeFiles();
            if (exists) {
                disk.delete(FileNames.MANIFEST);
                disk.force(); // first: what it names is about to go
            }
            for (String name : disk.list()) {
                if (FileNames.isStores(name)) {
                    disk.delete(name);
                }
            }
            disk.force();
        } catch (IOException e) {
            LOG.warn("{}: what is left of a backup that was not finished could not be removed", disk.path(""), e);
        }
    }

    private void closeFiles() throws IOException {
        if (writer != null) {
            writer.close();
        }
        if (log != null) {
            log.close();
        }
        allocator.close();
    }

    /** Lets the directory go. */
    @Override
    public void close() throws IOException {
        lock.close();
    }

    private interface Io {
        void run() throws IOException;
    }

    private void onTarget(Io io) throws StoreImage.TargetException {
        try {
            io.run();
        } catch (IOException e) {
            throw new StoreImage.TargetException(disk.path(""), e);
        }
    }
}
