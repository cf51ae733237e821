package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One store's parts, wired: directory, side file, log and snapshot. Everything here runs on the log thread, but
 * {@link #committed}, {@link #reads} and what says otherwise.
 */
final class FileStore implements GroupFlusher.Target {
    private static final Logger LOG = LoggerFactory.getLogger(FileStore.class);

    private final Disk disk;
    private final StoreFiles files;
    private final SegmentAllocator allocator;
    private final Compactor compactor;
    private final Retention retention;
    private final Scrubber scrubber;
    private final FileLogReads reads;
    private final Backups backups;
    private final LongSupplier salts;
    private final CommitIndex commitLsn = new CommitIndex();

    private @Nullable Closeable lock;
    private @Nullable ReplicaMeta meta;
    private RecoveryReport.LastRun lastRun = RecoveryReport.LastRun.UNKNOWN;
    private volatile @Nullable FileLog log; // for groupCommit and view

    /** Why the log cannot be used: recovery has failed, or damage was found since. Another node's state ends that. */
    private volatile @Nullable PersistenceException damage; // written by the log thread

    private volatile Consumer<CorruptLogException> onDamage = found -> {};

    /** @param keptForPeers the most of the log that a peer may have kept; empty for the default */
    FileStore(
            Disk disk,
            LongSupplier salts,
            Executor background,
            Compactor.LogThread logThread,
            LogClock clock,
            long segmentBytes,
            OptionalLong keptForPeers,
            BiFunction<StoreFiles, Scrubber.Findings, Scrubber> scrub) {
        this.disk = disk;
        this.files = new StoreFiles(disk, background, new Reserve(disk, Reserve.bytes(segmentBytes)));
        SpaceBound bound = new SpaceBound(segmentBytes);
        this.allocator = new SegmentAllocator(files, salts, background, bound);
        this.retention = new Retention(bound, keptForPeers);
        this.compactor = new Compactor(files, salts, background, logThread, this::foundDamage, retention, clock, bound);
        this.reads = new FileLogReads(
                new RangeReader(disk, this::view, commitLsn::get),
                lsn -> keepFrom(lsn, logThread),
                background,
                failure -> logThread.submit(() -> readFailed(failure)));
        this.backups = new Backups(
                (target, rate, pauses) -> new Backup(this::image, target, salts, segmentBytes, rate, pauses),
                background,
                failure -> logThread.submit(() -> readFailed(failure)));
        this.salts = salts;
        this.scrubber = scrub.apply(files, findings(logThread));
    }

    private Scrubber.Findings findings(Compactor.LogThread logThread) {
        return new Scrubber.Findings() {
            @Override
            public void found(ColdFile file, CorruptLogException found) {
                logThread.submit(() -> scrubbed(file, found));
            }

            @Override
            public void failed(Throwable cause) {
                logThread.submit(() -> {
                    throw new IOException("the scrub failed", cause);
                });
            }
        };
    }

    Optional<ByteBuffer> open() throws IOException {
        lock = disk.acquire();
        files.reserve().open();
        ReplicaMeta side = files.open();
        meta = side;
        lastRun = side.lastRun(BootId.current()); // before that is overwritten
        if (!side.mark().clean()) {
            files.rewrite(); // S3: what is read may be in the cache only, if the last run ended with a failed force
            side.save(side.mark(), BootId.current());
        }
        return side.metadata();
    }

    RecoveryReport recover(RecoveryHandler handler) throws IOException {
        long start = System.nanoTime();
        ReplicaMeta side = meta();
        Mark found = side.mark();
        if (found.clean()) {
            side.save(found.withoutClean(), BootId.current()); // S8: before the first write of this run
        }
        Recovery recovery = new Recovery(files, files.manifest().needed(), found, handler);
        try {
            LogEnd end = recovery.run();
            commitLsn.committed(recovery.commitLsn());
            FileLog opened = new FileLog(files, allocator, end, recovery.recent(), commitLsn);
            log = opened;
            side.save(opened.mark(false), BootId.current());
            files.reserve().fill();
            compactor.consider(opened);
            scrubber.start();
        } catch (PersistenceException e) {
            damage = e;
            throw e;
        } catch (DiskFullException e) {
            damage = PersistenceException.fatal("recovery has no room to go on: " + e.getMessage(), e);
            throw damage;
        }
        RecoveryReport report = recovery.report(System.nanoTime() - start, lastRun);
        log(report);
        return report;
    }

    private void log(RecoveryReport report) {
        LOG.info(
                "{}: recovered {} entries and {} records, {} bytes in {} segments, in {} ms; last run: {}",
                disk.path(""),
                report.entries(),
                report.records(),
                report.bytesRead(),
                report.segments(),
                report.nanos() / 1_000_000,
                report.lastRun());
        if (report.bytesCut() > 0) {
            LOG.warn("cut {} bytes that were never known to be durable: {}", report.bytesCut(), report.cutReason());
        }
    }

    @Override
    public void append(List<LogRecord> records) throws IOException {
        try {
            log().append(records);
        } catch (CorruptLogException e) {
            stopFor(e);
            throw e;
        }
    }

    @Override
    public boolean isFull() {
        return log != null && log.isFull();
    }

    @Override
    public void flush() throws IOException {
        if (log != null) {
            compactor.holdBack(log);
            log.flush();
            compactor.consider(log);
        }
    }

    void truncateAfter(long lsn, long number) throws IOException {
        if (lsn < log().last().lsn()) {
            compactor.cancel();
        }
        try {
            log().truncateAfter(lsn);
            commitLsn.cut(number);
        } catch (CorruptLogException e) {
            stopFor(e);
            throw e;
        }
    }

    /** Has {@code listener} told of damage that no call has met. Any thread. */
    void onDamage(Consumer<CorruptLogException> listener) {
        onDamage = listener;
    }

    /** A scrub has read {@code file} and did not find what was written. */
    private void scrubbed(ColdFile file, CorruptLogException found) {
        if (file.isIn(files.manifest())) { // S13: otherwise it was dropped or cut while it was read
            foundDamage(found);
        }
    }

    private void readFailed(PersistenceException failure) {
        if (!(failure instanceof CorruptLogException found)) {
            throw failure;
        }
        foundDamage(found);
    }

    private void foundDamage(CorruptLogException found) {
        if (damage == null) {
            stopFor(found);
            LOG.error("{}: durable data is damaged: {}", disk.path(""), found.getMessage());
            onDamage.accept(found);
        }
    }

    /** S7: what is there is neither cut nor served; the files stay as they are until another state replaces them. */
    private void stopFor(CorruptLogException found) {
        damage = found;
        compactor.cancel();
    }

    /** Any thread. The next group's header carries it; a quiet log records it in the side file. */
    void committed(long lsn) {
        commitLsn.committed(lsn);
    }

    /** A truncation, or an installation, is called for. Returns the number to give to it. Any thread. */
    long cutting() {
        return commitLsn.cutting();
    }

    /** Whether the next commit should come with the grid's state, for {@link #compact}. Any thread. */
    boolean wantsState() {
        return compactor.wantsState();
    }

    /** Starts to compact the log up to {@code lsn}. */
    void compact(long lsn, ByteBuffer state) throws IOException {
        if (damage == null) { // asked for before that was found
            compactor.start(log(), lsn, state);
        }
    }

    /** The figures of the present log. Any thread. */
    GroupCommit groupCommit() {
        return Objects.requireNonNull(log, "recover comes first").groupCommit();
    }

    private LogView view() {
        FileLog present = log;
        return present == null ? LogView.EMPTY : present.view();
    }

    /** Any thread. The log thread is only asked when that gives a file back: it is said for each acknowledgement of a peer. */
    private void keepFrom(long lsn, Compactor.LogThread logThread) {
        retention.keepFrom(lsn);
        if (view().holdsMoreThan(retention)) {
            logThread.submit(this::release);
        }
    }

    /** Not while a full disk could refuse the manifest, which would end the store: the next compaction gives it back too. */
    private void release() throws IOException {
        FileLog present = log;
        if (present != null && damage == null && disk.usableBytes() >= Reserve.SLACK_BYTES) {
            present.release(retention);
        }
    }

    /** Reads beside the log thread. */
    FileLogReads reads() {
        return reads;
    }

    /** Starts to copy what is committed into an empty directory, as {@link FilePersistence#backup} says. Any thread. */
    CompletableFuture<BackupReport> backup(Disk target, ByteRate rate, Pauses pauses) {
        PersistenceException found = damage;
        if (found != null) {
            return CompletableFuture.failedFuture(found);
        }
        if (log == null) {
            throw new IllegalStateException("recover comes first");
        }
        return backups.start(target, rate, pauses);
    }

    private StoreImage image(IntConsumer beforeRead) throws IOException {
        return StoreImage.take(disk, this::view, commitLsn::get, beforeRead);
    }

    void saveMetadata(ByteBuffer metadata) throws IOException {
        Mark mark = log == null ? meta().mark() : log.mark(false);
        meta().save(metadata, mark, BootId.current());
    }

    @Override
    public boolean hasIdleWork() {
        return damage == null && log != null && !log.mark(false).equals(meta().mark());
    }

    @Override
    public void recordIdle() throws IOException {
        meta().save(log().mark(false), BootId.current());
    }

    SnapshotBuilder startSnapshot() {
        return new SnapshotBuilder(disk, files.newId(), salts.getAsLong());
    }

    /** Makes the snapshot the whole content; also that of a store whose own was found damaged (S7, P18). */
    void install(SnapshotBuilder builder, RecordId label, ByteBuffer state, long number) throws IOException {
        SnapshotInfo snapshot;
        try {
            snapshot = builder.finish(label, state);
        } catch (Damage e) {
            throw new IOException(e);
        }
        compactor.cancel();
        if (log != null) {
            log.replaceBy(snapshot);
        } else {
            log = FileLog.behind(snapshot, files, allocator, commitLsn);
            scrubber.start();
        }
        damage = null;
        commitLsn.replaced(label.lsn(), number);
    }

    /** Removes what was made for an installation that was given up. */
    void abandon(SnapshotBuilder builder, long number) throws IOException {
        commitLsn.cut(number);
        builder.abandon();
    }

    /** Records that all is durable, unless the store failed or is damaged (S27), and lets everything go; the lock comes last. */
    void close(boolean clean) throws IOException {
        try {
            if (clean && log != null && damage == null) {
                log.flush();
                meta().save(log.mark(true), BootId.current());
            }
        } finally {
            closeAll(backups, reads, scrubber, compactor, log, allocator, files, meta, lock);
        }
    }

    private static void closeAll(@Nullable Closeable... parts) throws IOException {
        IOException first = null;
        for (Closeable part : parts) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private ReplicaMeta meta() {
        return Objects.requireNonNull(meta, "open comes first");
    }

    private FileLog log() {
        if (damage != null) {
            throw damage;
        }
        return Objects.requireNonNull(log, "recover comes first");
    }
}
