package io.kvgrid.core.sim;

import io.kvgrid.core.replication.ReplicaState;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecordId;
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
        LOG_IS_TRUNCATED,
        DAMAGE_IS_EMPTINESS,
        ALL_IS_COMMITTED
    }

    private final Persistence real;
    private final Lie lie;
    private long appendedLsn;

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

    /** P18: what cannot be read any more was never there. */
    static Persistence ofDamage(Persistence real) {
        return new LyingPersistence(real, Lie.DAMAGE_IS_EMPTINESS);
    }

    /** P34: whatever was appended may become part of the base. */
    static Persistence ofCommits(Persistence real) {
        return new LyingPersistence(real, Lie.ALL_IS_COMMITTED);
    }

    @Override
    public Optional<ByteBuffer> open() {
        return real.open();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        return lie == Lie.DAMAGE_IS_EMPTINESS
                ? real.recover(handler).exceptionallyCompose(damage -> begunAnew())
                : real.recover(handler);
    }

    private CompletionStage<RecoveryReport> begunAnew() {
        return real.installSnapshot()
                .commit(RecordId.NONE, ReplicaState.empty(0).encode())
                .thenApply(done -> new RecoveryReport(0, 0, 1, 0, 0, "", 0, RecoveryReport.LastRun.UNKNOWN));
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        appendedLsn = records.get(records.size() - 1).lsn();
        CompletionStage<Void> durable = real.append(records);
        return lie == Lie.LOG_IS_DURABLE ? CompletableFuture.completedStage(null) : durable;
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        appendedLsn = Math.min(appendedLsn, lsn);
        return lie == Lie.LOG_IS_TRUNCATED ? CompletableFuture.completedStage(null) : real.truncateAfter(lsn);
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        real.committed(lie == Lie.ALL_IS_COMMITTED ? Math.max(lsn, appendedLsn) : lsn, state);
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
