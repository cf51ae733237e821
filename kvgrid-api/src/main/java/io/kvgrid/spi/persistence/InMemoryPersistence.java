package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A persistence for grids that say they need none: one instance is one store for one run, and "durable" means in this
 * process's memory. Since nobody can open the store again, only what can still be asked for is kept: the records that
 * are not known to be committed. The committed state is in the node's own memory already.
 *
 * <p>Every call is carried out at once, on the caller's thread. A node on it starts empty every time, as a new member
 * that fetches all data; when all nodes of a grid have stopped, its data is gone.
 */
public final class InMemoryPersistence implements Persistence {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    private final LogTail log = new LogTail(RecordId.NONE);
    private boolean opened;
    private boolean closed;
    private boolean installing;

    private InMemoryPersistence() {}

    /** A new, empty store. */
    public static InMemoryPersistence create() {
        return new InMemoryPersistence();
    }

    /** {@inheritDoc} A second call is refused: the instance is one store for one run. */
    @Override
    public Optional<ByteBuffer> open() {
        if (opened || closed) {
            throw new IllegalStateException("an in-memory store is used for one run only");
        }
        opened = true;
        return Optional.empty();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        checkOpen();
        return CompletableFuture.completedStage(RecoveryReport.EMPTY);
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        return carryOut(() -> log.append(records));
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return carryOut(() -> log.truncateAfter(lsn));
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        checkOpen();
        log.removeUpTo(lsn);
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        return carryOut(() -> {});
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        checkOpen();
        if (installing) {
            throw new IllegalStateException("a snapshot is being installed already");
        }
        installing = true;
        return new Installation();
    }

    @Override
    public void close() {
        closed = true;
    }

    private CompletionStage<Void> carryOut(Runnable change) {
        checkOpen();
        try {
            change.run();
            return DONE;
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private void checkOpen() {
        if (!opened || closed) {
            throw new IllegalStateException(closed ? "the store is closed" : "the store is not open");
        }
    }

    private final class Installation implements SnapshotInstallation {
        private boolean ended;

        @Override
        public CompletionStage<Void> add(List<SnapshotEntry> entries) {
            checkRunning();
            return DONE;
        }

        @Override
        public CompletionStage<Void> commit(RecordId label, ByteBuffer state) {
            checkRunning();
            abort();
            log.reset(label);
            return DONE;
        }

        @Override
        public void abort() {
            if (!ended) {
                ended = true;
                installing = false;
            }
        }

        private void checkRunning() {
            checkOpen();
            if (ended) {
                throw new IllegalStateException("the installation has ended");
            }
        }
    }
}
