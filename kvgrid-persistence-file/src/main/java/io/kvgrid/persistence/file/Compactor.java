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
 * snapshot take the place of the old one and of the segments below it. Holds appends back that would outgrow the
 * {@link SpaceBound} meanwhile. Log thread only, but for {@link #wantsState}.
 */
final class Compactor implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

    /** A pause is cut into pieces of this length, after each of which the compaction may have ended. */
    private static final long PAUSE_NANOS = 1_000_000;

    private final StoreFiles files;
    private final LongSupplier salts;
    private final Executor background;
    private final LogThread logThread;
    private final DamageListener onDamage;
    private final Retention retention;
    private final LogClock clock;
    private final SpaceBound bound;

    private volatile boolean wanted;
    private @Nullable Run running;

    /** How long a compaction takes for a byte of its work; the first one is expected to handle 64 MiB/s. */
    private double nanosPerByte = 1e9 / (64 << 20);

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
        final GrowthPace pace;
        final long startNanos;
        final long coveredBefore;
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        volatile @Nullable SnapshotInfo snapshot;
        volatile @Nullable Throwable failure;

        Run(Compaction compaction, GrowthPace pace, long startNanos, long coveredBefore) {
            this.compaction = compaction;
            this.pace = pace;
            this.startNanos = startNanos;
            this.coveredBefore = coveredBefore;
        }

        boolean isUnderWay() {
            return !ended.isDone() && !compaction.isCancelled();
        }
    }

    Compactor(
            StoreFiles files,
            LongSupplier salts,
            Executor background,
            LogThread logThread,
            DamageListener onDamage,
            Retention retention,
            LogClock clock,
            SpaceBound bound) {
        this.files = files;
        this.salts = salts;
        this.background = background;
        this.logThread = logThread;
        this.onDamage = onDamage;
        this.retention = retention;
        this.clock = clock;
        this.bound = bound;
    }

    /** Whether the next commit should come with the grid's state, for {@link #start}. Any thread. */
    boolean wantsState() {
        return wanted;
    }

    /** Takes a compaction over that has ended; otherwise looks whether the log has grown enough for one. */
    void consider(FileLog log) throws IOException {
        Run run = running;
        if (run != null && run.ended.isDone()) {
            end(run, log); // its own call may be far behind in the queue
        } else if (!wanted && run == null && log.bytes() - covered >= bound.logBytes(snapshotBytes())) {
            wanted = true;
        }
    }

    /** Waits before more is appended, if a running compaction would otherwise end too late for the bound. */
    void holdBack(FileLog log) {
        Run run = running;
        if (run == null) {
            return;
        }
        while (run.isUnderWay()) {
            long nanos = run.pace.waitNanos(log.bytes(), run.compaction.progress(), clock.nanoTime());
            if (nanos <= 0) {
                break;
            }
            clock.pause(Math.min(nanos, PAUSE_NANOS));
        }
        run.pace.pass(log.bytes(), clock.nanoTime());
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
        long logBytes = log.bytes() - covered;
        long needed = snapshotBytes() + 2 * logBytes;
        covered = log.bytes();
        long usable = files.disk().usableBytes();
        if (usable < needed + Reserve.SLACK_BYTES) {
            warnOfNoRoom(new DiskFullException(files.disk().path(""), needed, usable, null));
            return;
        }
        long growthBytes = bound.growthBytes(
                snapshotBytes(), logBytes, lsn - manifest.base().lsn(), state.remaining());
        Compaction compaction =
                new Compaction(files.disk(), manifest, logBytes, lsn, state, files.newId(), salts.getAsLong());
        long now = clock.nanoTime();
        long expectedNanos = (long) (nanosPerByte * compaction.workBytes());
        GrowthPace pace = new GrowthPace(log.bytes(), growthBytes, expectedNanos, now);
        Run run = new Run(compaction, pace, now, coveredBefore);
        running = run;
        CompletableFuture<Void> removal = files.removal();
        background.execute(() -> run(run, removal, log));
    }

    private void run(Run run, CompletableFuture<Void> removal, FileLog log) {
        try {
            removal.join(); // what the last one has replaced still takes room
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
            long nanos = clock.nanoTime() - run.startNanos;
            nanosPerByte = (double) nanos / run.compaction.workBytes();
            LOG.info(
                    "{}: compacted up to {} in {} ms",
                    files.disk().path(snapshot.fileName()),
                    snapshot.label(),
                    nanos / 1_000_000);
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
