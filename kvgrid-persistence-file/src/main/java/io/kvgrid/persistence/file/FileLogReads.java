package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.PersistenceException;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out reads of the log one after the other, on threads of the library's own that nobody interrupts (S17), beside
 * the log thread. What cannot be read although the store needs it ends the store, as when a compaction finds it.
 */
final class FileLogReads implements LogReads, Closeable {
    private final RangeReader reader;
    private final LongConsumer keepFrom;
    private final Executor background;
    private final Consumer<PersistenceException> onFailure;
    private CompletableFuture<@Nullable Void> last = CompletableFuture.completedFuture(null);
    private boolean closed;

    /**
     * @param keepFrom told from which lsn on records are asked for
     * @param onFailure told of what ends the store, before the read's stage fails with it
     */
    FileLogReads(
            RangeReader reader, LongConsumer keepFrom, Executor background, Consumer<PersistenceException> onFailure) {
        this.reader = reader;
        this.keepFrom = keepFrom;
        this.background = background;
        this.onFailure = onFailure;
    }

    @Override
    public synchronized CompletionStage<LogRange> read(long fromLsn, int maxBytes) {
        if (fromLsn < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("a read of " + maxBytes + " bytes from lsn " + fromLsn);
        }
        if (closed) {
            throw new IllegalStateException("the store is closed");
        }
        CompletableFuture<LogRange> range = last.thenApplyAsync(previous -> carryOut(fromLsn, maxBytes), background);
        last = range.handle((done, failure) -> null);
        return range.copy();
    }

    private LogRange carryOut(long fromLsn, int maxBytes) {
        try {
            return reader.read(fromLsn, maxBytes);
        } catch (Damage e) {
            throw failed(e.corrupt("it has been forced"));
        } catch (IOException e) {
            throw failed(PersistenceException.fatal("the log cannot be read: " + e, e));
        }
    }

    private PersistenceException failed(PersistenceException failure) {
        onFailure.accept(failure);
        return failure;
    }

    @Override
    public void keepFrom(long lsn) {
        keepFrom.accept(lsn);
    }

    /** Waits for the reads under way; there are no others from then on. */
    @Override
    public void close() {
        CompletableFuture<@Nullable Void> toWaitFor;
        synchronized (this) {
            closed = true;
            toWaitFor = last;
        }
        toWaitFor.join(); // heeds no interrupt (S17)
    }
}
