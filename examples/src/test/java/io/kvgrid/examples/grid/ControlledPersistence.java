package io.kvgrid.examples.grid;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A disk that holds back what it has forced, fails, or hangs, when the test says so. */
final class ControlledPersistence implements Persistence {
    private final Persistence disk;
    private final CountDownLatch closing = new CountDownLatch(1);

    private @Nullable Queue<Runnable> held;
    private CompletableFuture<Void> holdsAppend = new CompletableFuture<>();
    private @Nullable PersistenceException fault;
    private CompletableFuture<Void> hasFailed = new CompletableFuture<>();
    private int failures;
    private boolean closeHangs;

    ControlledPersistence(Persistence disk) {
        this.disk = disk;
    }

    /** From now on nothing is said to be durable, in whatever order it becomes so, until {@link #release}. */
    synchronized void hold() {
        held = new ArrayDeque<>();
        holdsAppend = new CompletableFuture<>();
    }

    /** Completes when the disk has forced an append and holds that back. */
    synchronized CompletableFuture<Void> holdsAppend() {
        return holdsAppend;
    }

    /** Says what was held back, in order, and goes on. */
    void release() {
        while (true) {
            Queue<Runnable> waiting;
            synchronized (this) {
                waiting = held;
                if (waiting == null || waiting.isEmpty()) {
                    held = null;
                    return;
                }
                held = new ArrayDeque<>();
            }
            waiting.forEach(Runnable::run);
        }
    }

    /** Every call fails from now on, without effect, until {@link #recover()}. */
    synchronized void failWith(PersistenceException failure) {
        fault = failure;
        hasFailed = new CompletableFuture<>();
    }

    /** Completes at the first call that fails. */
    synchronized CompletableFuture<Void> hasFailed() {
        return hasFailed;
    }

    /** Calls succeed again. */
    synchronized void recover() {
        fault = null;
    }

    /** How many calls have failed. */
    synchronized int failures() {
        return failures;
    }

    /** {@link #close} does not return until {@link #letCloseReturn}. */
    synchronized void hangAtClose() {
        closeHangs = true;
    }

    void letCloseReturn() {
        closing.countDown();
    }

    @Override
    public Optional<ByteBuffer> open() {
        return disk.open();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        return disk.recover(handler);
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        return call(true, () -> disk.append(records));
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return call(false, () -> disk.truncateAfter(lsn));
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        disk.committed(lsn, state);
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        return call(false, () -> disk.saveMetadata(metadata));
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        SnapshotInstallation installation = disk.installSnapshot();
        return new SnapshotInstallation() {
            @Override
            public CompletionStage<Void> add(List<SnapshotEntry> entries) {
                return call(false, () -> installation.add(entries));
            }

            @Override
            public CompletionStage<Void> commit(io.kvgrid.spi.persistence.RecordId label, ByteBuffer state) {
                return call(false, () -> installation.commit(label, state));
            }

            @Override
            public void abort() {
                installation.abort();
            }
        };
    }

    private CompletionStage<Void> call(boolean isAppend, Supplier<CompletionStage<Void>> toDisk) {
        synchronized (this) {
            if (fault != null) {
                failures++;
                hasFailed.complete(null);
                return CompletableFuture.failedFuture(fault);
            }
        }
        CompletableFuture<Void> stage = new CompletableFuture<>();
        toDisk.get().whenComplete((nothing, failure) -> settle(isAppend, stage, failure));
        return stage;
    }

    private void settle(boolean isAppend, CompletableFuture<Void> stage, @Nullable Throwable failure) {
        Runnable say = () -> {
            if (failure == null) {
                stage.complete(null);
            } else {
                stage.completeExceptionally(failure);
            }
        };
        CompletableFuture<Void> told = null;
        synchronized (this) {
            if (held != null) {
                held.add(say);
                told = holdsAppend;
            }
        }
        if (told == null) {
            say.run();
        } else if (isAppend) {
            told.complete(null);
        }
    }

    @Override
    public void close() {
        boolean hangs;
        synchronized (this) {
            hangs = closeHangs;
        }
        try {
            if (hangs) {
                closing.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        disk.close();
    }
}
