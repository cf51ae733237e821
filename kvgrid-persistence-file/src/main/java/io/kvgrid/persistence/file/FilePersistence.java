package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import io.kvgrid.spi.persistence.StoreInUseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a node's log and state in files of one directory, which it alone may touch. Every acknowledged call survives
 * {@code kill -9} and loss of power, as far as the disk keeps what it says it has forced.
 *
 * <p>What waits together is written and forced together (group commit); a lone append waits for nobody. The log is a
 * row of segments, zero-filled before they are used, and is compacted into a snapshot while writes go on, once it has
 * grown by about a seventh of that. Writes that outrun the compaction are slowed down to what it can do, so that the store stays
 * below 2.5 times the live data and two segments. {@code docs/log-format.md} has every byte, {@code docs/durability.md}
 * the rules and the tests that guard them.
 *
 * <p>A full disk is not the end: calls fail retryably until there is room. A failed write or force is: the store refuses
 * everything from then on, and the next {@link #open} recovers it (S2). A store whose recovery failed with
 * {@link CorruptLogException}, or that found damage since, can still be given another node's state by
 * {@link #installSnapshot}.
 *
 * <p>Stages complete on the store's own thread, named {@code kvgrid-<directory>-log}; what depends on them delays the
 * next write.
 */
public final class FilePersistence implements Persistence {
    private final GroupFlusher flusher;
    private final FileStore store;
    private final Path directory;

    private volatile State state = State.NEW; // the caller's thread writes it
    private @Nullable FileInstallation installation;

    private enum State {
        NEW,
        OPEN,
        CLOSED
    }

    private FilePersistence(Builder builder) {
        directory = builder.directory;
        String name = "kvgrid-" + directory.toAbsolutePath().normalize().getFileName();
        Executor background =
                builder.background == null ? task -> startDaemon(task, name + "-background") : builder.background;
        Disk disk = builder.disk == null ? new FileDisk(directory) : builder.disk;
        store = new FileStore(
                disk,
                builder.salts,
                background,
                this::submitOwn,
                builder.clock,
                builder.segmentBytes,
                builder.keptForPeersBytes,
                (files, findings) -> new Scrubber(files, builder.scrub, builder.pauses, findings, name + "-scrub"));
        flusher = new GroupFlusher(name + "-log", builder.idle, store);
    }

    /** A store in {@code directory}, which need not exist; nothing is touched before {@link #open}. */
    public static FilePersistence in(Path directory) {
        return builder(directory).build();
    }

    /** The same, with settings. */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /**
     * {@inheritDoc}
     *
     * @throws StoreInUseException if another process or node has the directory; the message names the process
     */
    @Override
    public Optional<ByteBuffer> open() {
        if (state != State.NEW) {
            throw new IllegalStateException("a store is opened once");
        }
        state = State.OPEN;
        flusher.start();
        try {
            return await(flusher.submit(store, store::open));
        } catch (PersistenceException e) {
            close();
            throw e;
        }
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        requireOpen();
        return flusher.submit(handler, () -> store.recover(handler));
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        requireOpen();
        if (records.isEmpty()) {
            throw new IllegalArgumentException("no records to append");
        }
        return flusher.append(records);
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        requireOpen();
        long number = store.cutting();
        return submit(lsn, () -> store.truncateAfter(lsn, number));
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> gridState) {
        requireOpen();
        store.committed(lsn);
        if (store.wantsState()) {
            ByteBuffer state = gridState.get();
            submitOwn(() -> store.compact(lsn, state));
        }
        flusher.nudge();
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        return submit(metadata, () -> store.saveMetadata(metadata));
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        requireOpen();
        if (installation != null && !installation.hasEnded()) {
            throw new IllegalStateException("another installation has not ended yet");
        }
        FileInstallation started = new FileInstallation(this, store);
        installation = started;
        return started;
    }

    /** {@inheritDoc} Files are read again in the background; see {@link Builder#scrub}. */
    @Override
    public void onDamage(Consumer<CorruptLogException> listener) {
        requireOpen();
        store.onDamage(listener);
    }

    /**
     * {@inheritDoc} Reads go on beside the log thread, one after the other.
     *
     * @see Builder#keptForPeersBytes
     */
    @Override
    public Optional<LogReads> logReads() {
        return Optional.of(new LogReads() {
            @Override
            public CompletionStage<LogRange> read(long fromLsn, int maxBytes) {
                requireOpen();
                PersistenceException failure = flusher.failure();
                return failure == null ? store.reads().read(fromLsn, maxBytes) : CompletableFuture.failedStage(failure);
            }

            @Override
            public void keepFrom(long lsn) {
                requireOpen();
                store.reads().keepFrom(lsn);
            }
        });
    }

    /**
     * Copies everything that is committed into another directory, while all else goes on (S28): the state as of one record, which
     * is the last one that was durable here and that {@link #committed} had named when the copying began. The copy is a store
     * without this node's metadata, so a node started on it is another one, which has made no promise (P7). It exists, durably,
     * when the future completes. Whatever fails before, crashes included, leaves an empty directory, or one that {@link #open}
     * refuses, or, at the very end, the whole copy.
     *
     * <p>May be called by any thread; all work is done on a thread of the store's own, in bounded memory. Files that the store
     * replaces meanwhile keep their room until the end. {@link #close} ends a backup and waits for that.
     *
     * @param target an empty directory, or one to be made
     * @return fails with an {@link IOException} if the target fails or is not empty, which does not concern this store; with
     *     {@link CorruptLogException} if this store is damaged, which ends it as any damage does; with
     *     {@link java.util.concurrent.CancellationException} if it is closed
     * @throws IllegalStateException before the recovery has completed, after {@link #close}, or while another backup is made
     */
    public CompletableFuture<BackupReport> backup(Path target) {
        return backup(new FileDisk(target));
    }

    /**
     * The same at a bounded rate, so that the disk has time for the store's own writes.
     *
     * @param bytesPerSecond how much is copied in a second, at most
     * @throws IllegalArgumentException if that is not positive
     */
    public CompletableFuture<BackupReport> backup(Path target, long bytesPerSecond) {
        return backup(new FileDisk(target), new ByteRate(bytesPerSecond), Pauses.parked());
    }

    CompletableFuture<BackupReport> backup(Disk target) {
        return backup(target, ByteRate.UNLIMITED, Pauses.parked());
    }

    CompletableFuture<BackupReport> backup(Disk target, ByteRate rate, Pauses pauses) {
        requireOpen();
        PersistenceException failure = flusher.failure();
        return failure == null ? store.backup(target, rate, pauses) : CompletableFuture.failedFuture(failure);
    }

    /** How many records and forces there were since {@link #recover} completed. Any thread. */
    GroupCommit groupCommit() {
        return store.groupCommit();
    }

    /** @throws PersistenceException if the last writes failed; what was acknowledged before is safe */
    @Override
    public void close() {
        State before = state;
        state = State.CLOSED;
        if (before == State.OPEN) {
            CompletableFuture<Void> closed = flusher.finish(() -> {
                store.close(!flusher.hasFailed());
                return null;
            });
            if (!flusher.isCurrentThread()) {
                await(closed);
            }
        }
    }

    /** Work that gives no result. */
    interface Work {
        void run() throws IOException;
    }

    CompletionStage<Void> submit(Object identity, Work work) {
        requireOpen();
        return flusher.submit(identity, toCallable(work));
    }

    void submitUnlessClosed(Object identity, Work work) {
        if (state == State.OPEN) {
            flusher.submit(identity, toCallable(work)).exceptionally(e -> null);
        }
    }

    private void submitOwn(Work work) {
        flusher.submitOwn(toCallable(work));
    }

    private static Callable<Void> toCallable(Work work) {
        return () -> {
            work.run();
            return null;
        };
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException(
                    "the store in " + directory + (state == State.NEW ? " is not open" : " is closed"));
        }
    }

    /** Waits without heeding interrupts: the log thread does the I/O, and it ends (S17). */
    private static <T> T await(CompletableFuture<T> stage) {
        try {
            return stage.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof PersistenceException failure) {
                throw failure;
            }
            throw e;
        }
    }

    private static void startDaemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Settings of a store; each has a default that needs no thought. Not thread-safe. */
    public static final class Builder {
        private static final long MIN_SEGMENT_BYTES = 4096;

        private final Path directory;
        private long segmentBytes = 64L << 20;
        private OptionalLong keptForPeersBytes = OptionalLong.empty();
        private Duration idle = Duration.ofSeconds(1);
        private Scrubber.Rate scrub = new Scrubber.Rate(8L << 20, Duration.ofHours(1));
        private Pauses pauses = Pauses.parked();
        private @Nullable Disk disk;
        private @Nullable Executor background;
        private LongSupplier salts = new SecureRandom()::nextLong;
        private LogClock clock = LogClock.SYSTEM;

        private Builder(Path directory) {
            this.directory = directory;
        }

        /**
         * Size of a log file once the store has grown, in bytes; 64 MiB unless set. The first of a run has 1 MiB, if that is less,
         * and each is twice as large as the one before. A record that needs more gets a file of its own.
         *
         * @throws IllegalArgumentException below 4096
         */
        public Builder segmentBytes(long bytes) {
            if (bytes < MIN_SEGMENT_BYTES) {
                throw new IllegalArgumentException("a segment has at least " + MIN_SEGMENT_BYTES + " bytes: " + bytes);
            }
            segmentBytes = bytes;
            return this;
        }

        /**
         * The most of the log, in bytes, that is kept below the snapshot while another node that catches up needs it. Beyond it
         * the log is compacted all the same, and that node is sent the whole state. As much as the snapshot, but at least four
         * segments, unless set. It comes on top of the space that a store takes otherwise, and is given back as
         * the node catches up.
         *
         * @throws IllegalArgumentException below 0
         */
        public Builder keptForPeersBytes(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("the log kept for peers cannot be negative: " + bytes);
            }
            keptForPeersBytes = OptionalLong.of(bytes);
            return this;
        }

        /**
         * How fast the store reads its own files again, in the background, to find damage while other nodes still have what is
         * lost; 8 MiB a second with an hour before each pass unless set. The files that are written at present are left out.
         * Data that the operating system still has in memory is read from there, so damage on the medium below it shows later.
         *
         * @param bytesPerSecond at most; 0 for never
         * @param pause how long to rest before each pass over all files, the first one included
         * @throws IllegalArgumentException if the rate is negative, or the pause not positive
         */
        public Builder scrub(long bytesPerSecond, Duration pause) {
            if (bytesPerSecond < 0 || pause.isNegative() || pause.isZero()) {
                throw new IllegalArgumentException(
                        "cannot scrub " + bytesPerSecond + " bytes per second with pauses of " + pause);
            }
            scrub = new Scrubber.Rate(bytesPerSecond, pause);
            return this;
        }

        /** What the scrub waits with. */
        Builder pauses(Pauses newPauses) {
            pauses = newPauses;
            return this;
        }

        /** After how much quiet the durable watermark is recorded. */
        Builder idle(Duration newIdle) {
            idle = newIdle;
            return this;
        }

        Builder disk(Disk newDisk) {
            disk = newDisk;
            return this;
        }

        Builder clock(LogClock newClock) {
            clock = newClock;
            return this;
        }

        /** Where the next segment is prepared. */
        Builder background(Executor newBackground) {
            background = newBackground;
            return this;
        }

        /** Where the salts of files come from; no number may come twice. */
        Builder salts(LongSupplier newSalts) {
            salts = newSalts;
            return this;
        }

        /** The store; nothing is touched before {@link FilePersistence#open}. */
        public FilePersistence build() {
            return new FilePersistence(this);
        }
    }
}
