package io.kvgrid.testkit;

import io.kvgrid.spi.persistence.EntryStore;
import io.kvgrid.spi.persistence.PersistenceException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A table in memory that can be told to fail, to hold writes back and to lose power. With
 * {@link io.kvgrid.spi.persistence.EntryStoreAdapter} around it, it is the reference subject of
 * {@link PersistenceContract}. Thread-safe, for the sake of the test that gives the orders.
 */
public final class ReferenceEntryStore implements EntryStore {
    /** Type of the rows of entries, their key's first byte. */
    private static final byte ENTRY = 5;

    private final Map<ByteBuffer, byte[]> rows;
    private final AtomicReference<@Nullable Exception> nextFailure = new AtomicReference<>();
    private final AtomicReference<@Nullable Hold> hold = new AtomicReference<>();
    private boolean applyFailed;
    private boolean closed;

    /** An empty table. */
    public ReferenceEntryStore() {
        this(new TreeMap<>());
    }

    private ReferenceEntryStore(Map<ByteBuffer, byte[]> rows) {
        this.rows = rows;
    }

    /** A store over this one's rows as they are now. This one writes nothing any more. */
    public synchronized ReferenceEntryStore reopened() {
        closed = true;
        ReferenceEntryStore next = new ReferenceEntryStore(new TreeMap<>(rows));
        next.applyFailed = applyFailed;
        return next;
    }

    /** From now on a write that fails is carried out all the same, as by a database whose answer was lost. */
    public synchronized ReferenceEntryStore applyingFailedWrites() {
        applyFailed = true;
        return this;
    }

    /**
     * The next write fails with {@code failure}, unless it deletes entries and nothing else: the adapter does that in the
     * background, by no call, and would swallow a failure that is meant for one.
     */
    public void failNextWrite(Exception failure) {
        nextFailure.set(failure);
    }

    /** Writes wait from now on until the hold is released, but for those of the background. */
    public PersistenceSubject.HeldWrites hold() {
        Hold next = new Hold();
        hold.set(next);
        return next;
    }

    /** How many rows there are. */
    public synchronized int size() {
        return rows.size();
    }

    /** The rows, copied. */
    public synchronized Map<ByteBuffer, byte[]> rows() {
        return new TreeMap<>(rows);
    }

    /** Sets a row behind the back of whoever uses the store; null deletes it. */
    public synchronized void tamper(ByteBuffer key, byte @Nullable [] value) {
        if (value == null) {
            rows.remove(key);
        } else {
            rows.put(key, value);
        }
    }

    @Override
    public void write(List<Change> batch) throws Exception {
        boolean background = batch.stream().allMatch(ReferenceEntryStore::deletesEntry);
        Hold held = background ? null : hold.get();
        if (held != null) {
            held.pass();
        }
        Exception failure = background ? null : nextFailure.getAndSet(null);
        synchronized (this) {
            checkOpen();
            if (failure == null || applyFailed) {
                batch.forEach(this::apply);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static boolean deletesEntry(Change change) {
        return change.value() == null && change.key().length > 0 && change.key()[0] == ENTRY;
    }

    private void apply(Change change) {
        ByteBuffer key = ByteBuffer.wrap(change.key().clone());
        byte[] value = change.value();
        if (value == null) {
            rows.remove(key);
        } else {
            rows.put(key, value.clone());
        }
    }

    @Override
    public void scan(BiConsumer<byte[], byte[]> receiver) {
        List<Map.Entry<ByteBuffer, byte[]>> all;
        synchronized (this) {
            checkOpen();
            all = new ArrayList<>(rows.entrySet());
        }
        all.forEach(row ->
                receiver.accept(row.getKey().array().clone(), row.getValue().clone()));
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private void checkOpen() {
        if (closed) {
            throw PersistenceException.fatal("the table has been closed", null);
        }
    }

    private static final class Hold implements PersistenceSubject.HeldWrites {
        private final CountDownLatch blocked = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        void pass() throws InterruptedException {
            blocked.countDown();
            released.await();
        }

        @Override
        public void awaitBlocked() {
            try {
                blocked.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }

        @Override
        public void release() {
            released.countDown();
        }
    }
}
