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

/** A persistence that says "durable" before it is, of the log or of the metadata. For mutants. */
final class LyingPersistence implements Persistence {
    private final Persistence real;
    private final boolean lieOfLog;

    private LyingPersistence(Persistence real, boolean lieOfLog) {
        this.real = real;
        this.lieOfLog = lieOfLog;
    }

    static Persistence ofLog(Persistence real) {
        return new LyingPersistence(real, true);
    }

    static Persistence ofMetadata(Persistence real) {
        return new LyingPersistence(real, false);
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
        return lieOfLog ? CompletableFuture.completedStage(null) : durable;
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return real.truncateAfter(lsn);
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        real.committed(lsn, state);
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        CompletionStage<Void> durable = real.saveMetadata(metadata);
        return lieOfLog ? durable : CompletableFuture.completedStage(null);
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
