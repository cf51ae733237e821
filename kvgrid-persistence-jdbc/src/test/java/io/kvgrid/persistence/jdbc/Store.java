package io.kvgrid.persistence.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.testkit.RecordChain;
import io.kvgrid.testkit.RecoveredStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A store that is open, and the records that follow what it holds. */
final class Store implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;

    final Persistence persistence;
    final RecoveredStore found = new RecoveredStore();
    final RecordChain chain;

    /** Opens and recovers it. */
    Store(Persistence persistence) throws Exception {
        this.persistence = persistence;
        persistence.open();
        get(persistence.recover(found));
        chain = new RecordChain(found.last());
    }

    /** Appends {@code records}, and repeats that while it fails retryably. */
    void append(List<LogRecord> records) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (true) {
            try {
                get(persistence.append(records));
                return;
            } catch (PersistenceException e) {
                if (!e.isRetryable() || System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    void put(String key, String value) throws Exception {
        append(List.of(chain.put(key, value)));
    }

    /** All that was appended is committed. */
    void commit() {
        persistence.committed(chain.last().lsn(), () -> UTF_8.encode("state"));
    }

    /** Writes something else, so that what is committed is written, too. */
    void touch() throws Exception {
        get(persistence.saveMetadata(ByteBuffer.wrap(new byte[] {1})));
    }

    RecordId last() {
        return found.last();
    }

    @Override
    public void close() {
        persistence.close();
    }

    /** The stage's value; a failure of the persistence is thrown as it is. */
    static <T> T get(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PersistenceException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
