package io.kvgrid.examples.shell;

import io.kvgrid.GridClosedException;
import io.kvgrid.GridMap;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationTooOldException;
import io.kvgrid.Outcome;
import io.kvgrid.WriteOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Inserts many entries with a bounded number of them under way. An insert that fails is repeated: with the same operation
 * id if its outcome is unknown, so that it is applied at most once. One thread adds entries; any thread may ask for the
 * progress.
 *
 * <p>An attempt that ended unknown after a long time is repeated at once: the grid remembers the newest 1,024 operations
 * of a node, and at full speed those are a few milliseconds. What was refused quickly would be refused again, and waits
 * a little.
 */
public final class BulkLoader<V> {
    private static final Executor SOON = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final GridMap<String, V> map;
    private final int outstanding;
    private final long patienceNanos;
    private final Executor soon;
    private final LongSupplier clock;
    private final Semaphore room;
    private final ConcurrentSkipListSet<Long> open = new ConcurrentSkipListSet<>();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicLong entries = new AtomicLong();
    private final AtomicLong lastAckNanos = new AtomicLong(Long.MIN_VALUE);
    private final LongAccumulator maxGapNanos = new LongAccumulator(Math::max, 0);
    private volatile boolean givenUp;

    /**
     * A loader into {@code map}.
     *
     * @param outstanding how many inserts may be under way
     * @param patience how long one insert is repeated; once one is given up, further entries are not even tried
     */
    public BulkLoader(GridMap<String, V> map, int outstanding, Duration patience) {
        this(map, outstanding, patience, SOON, System::nanoTime);
    }

    BulkLoader(GridMap<String, V> map, int outstanding, Duration patience, Executor soon, LongSupplier clock) {
        this.map = map;
        this.outstanding = outstanding;
        this.patienceNanos = patience.toNanos();
        this.soon = soon;
        this.clock = clock;
        this.room = new Semaphore(outstanding);
    }

    /**
     * How far a load is.
     *
     * @param entries added so far
     * @param acknowledged of them
     * @param failed given up
     * @param repeated inserts that were sent again
     * @param settled all entries before this one, counted in the order of adding, are acknowledged or given up
     * @param maxGapNanos the longest time between two acknowledgements
     */
    public record Progress(
            long entries, long acknowledged, long failed, long repeated, long settled, long maxGapNanos) {}

    /** How far the load is now. */
    public Progress progress() {
        long added = entries.get(); // read before the open ones: an entry is open before it counts as added
        Long firstOpen = open.ceiling(0L);
        long settled = firstOpen == null ? added : Math.min(added, firstOpen);
        return new Progress(added, acknowledged.sum(), failed.sum(), repeated.sum(), settled, maxGapNanos.get());
    }

    /**
     * Inserts one more entry, as soon as there is room. Does not wait for its end.
     *
     * @throws InterruptedException if interrupted while waiting; the entry was not added
     */
    public void add(String key, V value) throws InterruptedException {
        room.acquire();
        long number = entries.get();
        open.add(number);
        entries.set(number + 1);
        if (givenUp) {
            end(number, failed);
        } else {
            send(new Entry<>(number, key, value, clock.getAsLong()), WriteOptions.DEFAULT);
        }
    }

    /** Counts an entry that could not even be read. */
    public void addUnreadable() {
        entries.incrementAndGet();
        failed.increment();
    }

    /** Waits until every entry is acknowledged or given up. */
    public Progress finish() throws InterruptedException {
        room.acquire(outstanding);
        room.release(outstanding);
        return progress();
    }

    private record Entry<V>(long number, String key, V value, long sinceNanos) {}

    private void send(Entry<V> entry, WriteOptions options) {
        long sentNanos = clock.getAsLong();
        CompletableFuture<?> insert;
        try {
            insert = map.insert(entry.key, entry.value, options);
        } catch (RuntimeException refused) {
            insert = CompletableFuture.failedFuture(refused);
        }
        var unused = insert.whenComplete((ack, failure) -> ended(entry, options, sentNanos, failure));
    }

    private void ended(Entry<V> entry, WriteOptions options, long sentNanos, @Nullable Throwable failure) {
        long now = clock.getAsLong();
        if (failure == null) {
            acknowledgedAt(now);
            end(entry.number, acknowledged);
        } else if (!(failure instanceof OperationFailedException f) || f instanceof OperationTooOldException) {
            end(entry.number, failed); // will fail again: a bad entry, or one whose fate nobody remembers
        } else if (f instanceof GridClosedException || now - entry.sinceNanos > patienceNanos) {
            givenUp = true;
            end(entry.number, failed);
        } else {
            repeated.increment();
            // an id whose write was not applied is settled, and may be forgotten: the next attempt gets one of its own
            WriteOptions again = f.outcome() == Outcome.UNKNOWN
                    ? f.id().map(options::operationId).orElse(options)
                    : options;
            if (f.outcome() == Outcome.UNKNOWN && now - sentNanos > LONG_NANOS) {
                send(entry, again);
            } else {
                soon.execute(() -> send(entry, again));
            }
        }
    }

    private void acknowledgedAt(long now) {
        long last = lastAckNanos.getAndSet(now);
        if (last != Long.MIN_VALUE) {
            maxGapNanos.accumulate(now - last);
        }
    }

    private void end(long number, LongAdder outcome) {
        outcome.increment();
        open.remove(number);
        room.release();
    }
}
