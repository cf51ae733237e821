package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the log short: decides when it has grown enough, has a {@link Compaction} work beside it, and lets the new
 * snapshot take the place of the old one and of the segments below it. The log may grow by a fifth of the snapshot, or
 * by half a segment if that is more. Log thread only, but for {@link #wantsState}.
 */
final class Compactor implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);
    private static final int SNAPSHOT_TO_LOG = 5;

    private final StoreFiles files;
    private final LongSupplier salts;
    private final Executor background;
    private final LogThread logThread;
    private final DamageListener onDamage;
    private final Retention retention;
    private final long segmentBytes;

    private volatile boolean wanted;
    private @Nullable Run running;

    /** What {@link FileLog#bytes} was when the last compaction began. */
    private long covered;

    /** Where the end of a compaction is dealt with, between the store's calls. */
    interface LogThread {
        /** Any thread. Whatever {@code work} throws is fatal. */
        void submit(FilePersistence.Work work);
    }

    /** Told on the log thread of damage in what a compaction has read. */
    interface DamageListener {
        void onDamage(CorruptLogException damage) throws IOException;
    }

    private static final class Run {
        final Compaction compaction;
        final long coveredBefore;
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        volatile @Nullable SnapshotInfo snapshot;
        volatile @Nullable Throwable failure;

        Run(Compaction compaction, long coveredBefore) {
            this.compaction = compaction;
            this.coveredBefore = coveredBefore;
        }
    }

    Compactor(
            StoreFiles files,
            LongSupplier salts,
            Executor background,
            LogThread logThread,
            DamageListener onDamage,
            Retention retention,
            long segmentBytes) {
        this.files = files;
        this.salts = salts;
        this.background = background;
        this.logThread = logThread;
        this.onDamage = onDamage;
        this.retention = retention;
        this.segmentBytes = segmentBytes;
    }

    /** Whether the next commit should come with the grid's state, for {@link #start}. Any thread. */
    boolean wantsState() {
        return wanted;
    }

    /** Looks whether the log has grown enough. */
    void consider(FileLog log) {
        if (!wanted && running == null && log.bytes() - covered >= allowedLogBytes()) {
            wanted = true;
        }
    }

    private long allowedLogBytes() {
        return allowedLogBytes(segmentBytes, snapshotBytes());
    }

    /** How far the log may grow behind a snapshot of that size before the next compaction begins. */
    static long allowedLogBytes(long segmentBytes, long snapshotBytes) {
        return Math.max(segmentBytes / 2, snapshotBytes / SNAPSHOT_TO_LOG);
    }

    private long snapshotBytes() {
        SnapshotInfo snapshot = files.manifest().snapshot();
        return snapshot == null ? 0 : snapshot.footer();
    }

    /**
     * Starts to compact the records up to {@code lsn}, which are committed.
     *
     * @param state the grid's state beside its entries at {@code lsn}
     */
    void start(FileLog log, long lsn, ByteBuffer state) throws IOException {
        Manifest manifest = files.manifest();
        if (!wanted || lsn <= manifest.base().lsn() || lsn > log.durableLsn()) {
            return; // another commit has started one, or this one came too early: the next may do
        }
        wanted = false;
        long coveredBefore = covered;
        long needed = snapshotBytes() + 2 * (log.bytes() - covered);
        covered = log.bytes();
        long usable = files.disk().usableBytes();
        if (usable < needed + Reserve.SLACK_BYTES) {
            warnOfNoRoom(new DiskFullException(files.disk().path(""), needed, usable, null));
            return;
        }
        Run run = new Run(
                new Compaction(files.disk(), manifest, lsn, state, files.newId(), salts.getAsLong()), coveredBefore);
        running = run;
        background.execute(() -> run(run, log));
    }

    private void run(Run run, FileLog log) {
        try {
            run.snapshot = run.compaction.run();
        } catch (Throwable e) { // P43: judged on the log thread
            run.failure = e;
        } finally {
            run.ended.complete(null);
            logThread.submit(() -> end(run, log));
        }
    }

    private void end(Run run, FileLog log) throws IOException {
        if (running != run) {
            return;
        }
        running = null;
        SnapshotInfo snapshot = run.snapshot;
        if (run.compaction.isCancelled()) {
            run.compaction.discard();
            covered = run.coveredBefore;
        } else if (snapshot == null) {
            run.compaction.discard();
            judge(run.failure);
        } else {
            log.dropBelow(snapshot, retention);
            LOG.info("{}: compacted up to {}", files.disk().path(snapshot.fileName()), snapshot.label());
        }
        consider(log);
    }

    /** A full disk leaves things as they are; anything else says that the disk or what is on it cannot be trusted. */
    private void judge(@Nullable Throwable failure) throws IOException {
        if (failure instanceof Damage damage) {
            onDamage.onDamage(damage.corrupt("the manifest says that it is durable"));
            return;
        }
        IOException e = failure instanceof IOException io ? io : new IOException("compaction failed", failure);
        IOException meaning = DiskFullException.orElse(e, files.disk(), snapshotBytes());
        if (!(meaning instanceof DiskFullException)) {
            throw meaning;
        }
        warnOfNoRoom(meaning);
    }

    private static void warnOfNoRoom(IOException e) {
        LOG.warn("the log is not compacted; it is tried again when it has grown", e);
    }

    /** What a running compaction reads is about to change: its result will not be used. */
    void cancel() {
        if (running != null) {
            running.compaction.cancel();
        }
    }

    /** Waits for the end of a running compaction, which comes soon, and removes its files. */
    @Override
    public void close() throws IOException {
        cancel();
        Run run = running;
        running = null;
        if (run != null) {
            run.ended.join(); // heeds no interrupt (S17)
            run.compaction.discard();
        }
    }
}
