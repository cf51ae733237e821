package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Persistence} of an {@link EntryStore}. Appended records are rows of their own until they are known to
 * be committed; then one batch moves them to the entries. What the rows look like, {@code RowFormat} says.
 *
 * <p>All calls of the store are made by one thread, {@code kvgrid-store-N} unless named, which writes everything that
 * waits as one batch. A call that fails to write changes nothing, and can be made again if the store's failure was retryable.
 */
public final class EntryStoreAdapter implements Persistence {
    /** Committed records are moved to the entries once there are that many, since each move writes the grid's state too. */
    static final long MOVE_RECORDS = 256;
    /** They are moved earlier once they have that many bytes. */
    static final long MOVE_BYTES = 1 << 20;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private enum Phase {
        NEW,
        OPEN,
        RECOVERED,
        CLOSED
    }

    private final EntryStore store;
    private final StoreThread thread;
    private final TableSurvey survey = new TableSurvey();
    private Phase phase = Phase.NEW;
    private long movedLsn;
    private long bytesToMove;
    private long lastGeneration;
    private volatile @Nullable Installation installing;

    /** A persistence in {@code store}, which is touched from {@link #open} on, and closed with this. */
    public EntryStoreAdapter(EntryStore store) {
        this(store, "kvgrid-store-" + NUMBER.incrementAndGet(), Duration.ofSeconds(1));
    }

    /**
     * The same, for a store that wants to be known by name, or to be woken.
     *
     * @param threadName name of the thread that calls the store
     * @param idlePeriod after that long without any other call, {@link EntryStore#idle} is called; positive
     */
    public EntryStoreAdapter(EntryStore store, String threadName, Duration idlePeriod) {
        if (idlePeriod.isNegative() || idlePeriod.isZero()) {
            throw new IllegalArgumentException("the idle period must be positive: " + idlePeriod);
        }
        this.store = store;
        this.thread = new StoreThread(store, threadName, idlePeriod.toNanos());
    }

    /** {@inheritDoc} A failure closes the store. */
    @Override
    public Optional<ByteBuffer> open() {
        check(Phase.NEW);
        phase = Phase.OPEN;
        thread.start();
        try {
            Optional<ByteBuffer> metadata = between(() -> {
                        store.scan(survey);
                        return survey.metadata();
                    })
                    .join();
            movedLsn = survey.baseLsn();
            lastGeneration = survey.lastGeneration();
            return metadata;
        } catch (CompletionException e) {
            close();
            throw asPersistenceException(e.getCause());
        }
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        check(Phase.OPEN);
        phase = Phase.RECOVERED;
        return between(() -> {
            try {
                return new TableRecovery(store, thread, handler).run(survey);
            } catch (Throwable e) { // P43: an Error, too, ends this store
                PersistenceException reason = asPersistenceException(e);
                thread.die(reason);
                throw reason;
            }
        });
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        for (LogRecord record : records) {
            bytesToMove += record.length();
        }
        return submit(new StoreCall.Append(records));
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return submit(new StoreCall.Truncate(lsn));
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        check(Phase.RECOVERED);
        if (lsn - movedLsn >= MOVE_RECORDS || bytesToMove >= MOVE_BYTES) {
            thread.submit(new StoreCall.Committed(lsn, state.get()));
            movedLsn = lsn;
            bytesToMove = 0;
        } else {
            thread.submit(new StoreCall.Committed(lsn, null));
        }
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        return submit(new StoreCall.SaveMetadata(metadata));
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        check(Phase.RECOVERED);
        if (installing != null) {
            throw new IllegalStateException("a snapshot is being installed already");
        }
        Installation installation = new Installation(++lastGeneration);
        installing = installation;
        return installation;
    }

    /**
     * {@inheritDoc}
     *
     * @throws PersistenceException if the store's own {@code close} fails
     */
    @Override
    public void close() {
        if (phase == Phase.CLOSED) {
            return;
        }
        boolean started = phase != Phase.NEW;
        phase = Phase.CLOSED;
        if (!started) {
            thread.start();
        }
        CompletableFuture<@Nullable Void> closed = between(() -> {
            thread.end();
            store.close();
            return null;
        });
        thread.join();
        try {
            closed.join();
        } catch (CompletionException e) {
            throw asPersistenceException(e.getCause());
        }
    }

    private CompletionStage<Void> submit(StoreCall call) {
        check(Phase.RECOVERED);
        return thread.submit(call).done;
    }

    private <T extends @Nullable Object> CompletableFuture<T> between(Callable<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        thread.submit(new StoreCall.Between(() -> {
            try {
                result.complete(action.call());
            } catch (Throwable e) { // the edge of the thread: whoever waits is told
                result.completeExceptionally(e);
            }
        }));
        return result;
    }

    private void check(Phase expected) {
        if (phase != expected) {
            throw new IllegalStateException("the store is " + phase + ", not " + expected);
        }
    }

    private static PersistenceException asPersistenceException(@Nullable Throwable e) {
        return e instanceof PersistenceException known
                ? known
                : PersistenceException.fatal("the entry store could not be read or closed", e);
    }

    private final class Installation implements SnapshotInstallation {
        private final long generation;

        Installation(long generation) {
            this.generation = generation;
        }

        @Override
        public CompletionStage<Void> add(List<SnapshotEntry> entries) {
            checkRunning();
            return submit(new StoreCall.Install(generation, entries));
        }

        @Override
        public CompletionStage<Void> commit(RecordId label, ByteBuffer state) {
            checkRunning();
            movedLsn = label.lsn();
            bytesToMove = 0;
            return submit(new StoreCall.Switch(generation, label, state, () -> installing = null));
        }

        @Override
        public void abort() {
            if (installing == this) {
                installing = null;
                thread.submit(new StoreCall.Abort(generation));
            }
        }

        private void checkRunning() {
            check(Phase.RECOVERED);
            if (installing != this) {
                throw new IllegalStateException("the installation has ended");
            }
        }
    }
}
