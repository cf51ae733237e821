package io.kvgrid.core.runtime;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.InMemoryPersistence;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Memory that fails when it is told to, and insists that what failed retryably is called again first. */
final class FaultyPersistence implements Persistence {
    private final Persistence memory = InMemoryPersistence.create();
    private final List<LogRecord> appended = new ArrayList<>();
    private final Runnable onCall;
    private @Nullable PersistenceException fault;
    /** The first argument of the call that has to be made again. */
    private @Nullable Object toRepeat;

    private @Nullable CorruptLogException damage;
    private Consumer<CorruptLogException> onDamage = found -> {};

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

    /** What is stored is lost until another state is installed; the listener, if there is one already, is told. */
    FaultyPersistence damage(String what) {
        CorruptLogException found = new CorruptLogException(what);
        damage = found;
        onDamage.accept(found);
        return this;
    }

    /** The same, and nobody notices before the next call for the log. */
    void damageUnseen(String what) {
        damage = new CorruptLogException(what);
    }

    boolean isDamaged() {
        return damage != null;
    }

    static PersistenceException retryable() {
        return PersistenceException.retryable("the database restarts", new IllegalStateException());
    }

    static PersistenceException fatal() {
        return PersistenceException.fatal("the disk is broken", null);
    }

    /** Every record that it was given to append, in order. */
    List<LogRecord> appended() {
        return List.copyOf(appended);
    }

    private CompletionStage<Void> call(Object argument, Supplier<CompletionStage<Void>> action) {
        onCall.run();
        if (fault == null && (toRepeat == null || toRepeat.equals(argument))) {
            toRepeat = null;
            return action.get();
        }
        PersistenceException failure = fault == null ? retryable() : fault;
        if (toRepeat == null && failure.isRetryable()) {
            toRepeat = argument;
        }
        return CompletableFuture.failedFuture(failure);
    }

    private CompletionStage<Void> logCall(Object argument, Supplier<CompletionStage<Void>> action) {
        return call(argument, () -> damage == null ? action.get() : CompletableFuture.failedFuture(damage));
    }

    @Override
    public Optional<ByteBuffer> open() {
        return memory.open();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        onCall.run();
        return damage == null ? memory.recover(handler) : CompletableFuture.failedFuture(damage);
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        appended.addAll(records);
        return logCall(records.get(0), () -> memory.append(records));
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return logCall(lsn, () -> memory.truncateAfter(lsn));
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        onCall.run();
        if (fault == null && damage == null) {
            memory.committed(lsn, state);
        }
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        return call(metadata, () -> memory.saveMetadata(metadata));
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        onCall.run();
        SnapshotInstallation installation = memory.installSnapshot();
        return new SnapshotInstallation() {
            @Override
            public CompletionStage<Void> add(List<SnapshotEntry> entries) {
                return call(entries, () -> installation.add(entries));
            }

            @Override
            public CompletionStage<Void> commit(RecordId label, ByteBuffer state) {
                return call(this, () -> {
                    damage = null;
                    return installation.commit(label, state);
                });
            }

            @Override
            public void abort() {
                toRepeat = null;
                installation.abort();
            }
        };
    }

    @Override
    public void onDamage(Consumer<CorruptLogException> listener) {
        onDamage = listener;
    }

    @Override
    public void close() {
        memory.close();
    }
}
