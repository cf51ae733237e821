package io.kvgrid.core.runtime;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Writes down every call; the test ends each when and how it likes. */
final class ScriptedPersistence implements Persistence {
    final List<String> calls = new ArrayList<>();
    private final Deque<CompletableFuture<Void>> underWay = new ArrayDeque<>();
    private final Consumer<String> trace;

    ScriptedPersistence() {
        this(call -> {});
    }

    ScriptedPersistence(Consumer<String> trace) {
        this.trace = trace;
    }

    /** The oldest call under way has succeeded. */
    void succeed() {
        underWay.remove().complete(null);
    }

    void failRetryably() {
        underWay.remove()
                .completeExceptionally(PersistenceException.retryable("busy", new IllegalStateException("busy")));
    }

    void fail(Throwable cause) {
        underWay.remove().completeExceptionally(cause);
    }

    int underWay() {
        return underWay.size();
    }

    private CompletionStage<Void> call(String what) {
        say(what);
        CompletableFuture<Void> stage = new CompletableFuture<>();
        underWay.add(stage);
        return stage;
    }

    private void say(String what) {
        calls.add(what);
        trace.accept(what);
    }

    @Override
    public Optional<ByteBuffer> open() {
        return Optional.empty();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        return CompletableFuture.completedFuture(RecoveryReport.EMPTY);
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        return call("append " + records.stream().map(LogRecord::lsn).toList());
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return call("truncate " + lsn);
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        say("committed " + lsn + " " + StandardCharsets.UTF_8.decode(state.get()));
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        return call("metadata");
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        say("install");
        return new SnapshotInstallation() {
            @Override
            public CompletionStage<Void> add(List<SnapshotEntry> entries) {
                return call("add " + entries.size());
            }

            @Override
            public CompletionStage<Void> commit(RecordId label, ByteBuffer state) {
                return call("commit " + label.lsn());
            }

            @Override
            public void abort() {
                say("abort");
            }
        };
    }

    @Override
    public void close() {}
}
