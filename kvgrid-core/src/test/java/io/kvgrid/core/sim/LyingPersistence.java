package io.kvgrid.core.sim;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A persistence that says what is not so. For mutants. */
final class LyingPersistence implements Persistence {
    private enum Lie {
        LOG_IS_DURABLE,
        METADATA_IS_DURABLE,
        LOG_IS_TRUNCATED
    }

    private final Persistence real;
    private final Lie lie;

    private LyingPersistence(Persistence real, Lie lie) {
        this.real = real;
        this.lie = lie;
    }

    static Persistence ofLog(Persistence real) {
        return new LyingPersistence(real, Lie.LOG_IS_DURABLE);
    }

    static Persistence ofMetadata(Persistence real) {
        return new LyingPersistence(real, Lie.METADATA_IS_DURABLE);
    }

    static Persistence ofTruncation(Persistence real) {
        return new LyingPersistence(real, Lie.LOG_IS_TRUNCATED);
    }

    @Override
    public Optional<ByteBuffer> open() {
        return real.open();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        return real.recover(handler);
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        CompletionStage<Void> durable = real.append(records);
        return lie == Lie.LOG_IS_DURABLE ? CompletableFuture.completedStage(null) : durable;
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return lie == Lie.LOG_IS_TRUNCATED ? CompletableFuture.completedStage(null) : real.truncateAfter(lsn);
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        real.committed(lsn, state);
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        CompletionStage<Void> durable = real.saveMetadata(metadata);
        return lie == Lie.METADATA_IS_DURABLE ? CompletableFuture.completedStage(null) : durable;
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        return real.installSnapshot();
    }

    @Override
    public void onDamage(Consumer<CorruptLogException> listener) {
        real.onDamage(listener);
    }

    @Override
    public void close() {
        real.close();
    }
}
