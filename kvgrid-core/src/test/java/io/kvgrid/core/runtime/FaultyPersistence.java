package io.kvgrid.core.runtime;

import io.kvgrid.spi.persistence.InMemoryPersistence;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Memory that fails when it is told to. */
final class FaultyPersistence implements Persistence {
    private final Persistence memory = InMemoryPersistence.create();
    private final Runnable onCall;
    private @Nullable PersistenceException fault;

    FaultyPersistence() {
        this(() -> {});
    }

    /** @param onCall runs before each call, and may throw */
    FaultyPersistence(Runnable onCall) {
        this.onCall = onCall;
    }

    /** Every call fails from now on, without effect; null to work again. */
    void failWith(@Nullable PersistenceException failure) {
        fault = failure;
    }

    static PersistenceException retryable() {
        return PersistenceException.retryable("the database restarts", new IllegalStateException());
    }

    static PersistenceException fatal() {
        return PersistenceException.fatal("the disk is broken", null);
    }

    private CompletionStage<Void> call(Supplier<CompletionStage<Void>> action) {
        onCall.run();
        return fault == null ? action.get() : CompletableFuture.failedFuture(fault);
    }

    @Override
    public Optional<ByteBuffer> open() {
        return memory.open();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        onCall.run();
        return memory.recover(handler);
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        return call(() -> memory.append(records));
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return call(() -> memory.truncateAfter(lsn));
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        onCall.run();
        if (fault == null) {
            memory.committed(lsn, state);
        }
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        return call(() -> memory.saveMetadata(metadata));
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        onCall.run();
        return memory.installSnapshot();
    }

    @Override
    public void close() {
        memory.close();
    }
}
