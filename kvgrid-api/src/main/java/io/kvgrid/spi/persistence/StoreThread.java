package io.kvgrid.spi.persistence;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The only thread that touches an {@link EntryStore}. Each turn takes the calls that wait, plans them on a copy of the
 * state, writes their changes as one batch, and settles their stages in call order (group commit). When nothing waits it
 * deletes rows that no longer count.
 *
 * <p>After a retryable failure it refuses all calls, retryably, until the first one that failed is made again: whatever
 * was called in the meantime was called in the belief that it had succeeded.
 */
final class StoreThread {
    /** A turn takes no further call once its batch has that many bytes. */
    private static final long TURN_BYTES = 4 << 20;
    /** Stale rows deleted by one batch. */
    static final int SWEEP_ROWS = 1_000;
    /** Keys of stale rows held at a time; beyond that the table is scanned again. */
    private static final int SWEEP_KEYS = 1 << 18;

    private final EntryStore store;
    private final long idleNanos;
    private final LinkedBlockingQueue<StoreCall> queue = new LinkedBlockingQueue<>();
    private final ArrayDeque<byte[]> staleKeys = new ArrayDeque<>();
    private final Thread thread;

    private TableState state = new TableState(false, 0, new LogTail(RecordId.NONE), 0, null);
    private @Nullable StoreCall failed;
    private @Nullable PersistenceException failure;
    private @Nullable PersistenceException dead;
    private boolean ended;

    StoreThread(EntryStore store, String name, long idleNanos) {
        this.store = store;
        this.idleNanos = idleNanos;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Queues a call. Any thread. */
    <C extends StoreCall> C submit(C call) {
        queue.add(call);
        return call;
    }

    /** Waits until the thread has ended. */
    void join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true; // what was called is finished first (S27)
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // All that follows runs on the thread itself.

    /** Adopts the state that was read from the table. */
    void adopt(TableState read) {
        state = read;
    }

    /** The store will not be used any more: every later call fails with {@code reason}. */
    void die(PersistenceException reason) {
        dead = reason;
    }

    /** Notes the key of an entry row if it does not count. */
    void noteIfStale(byte[] key) {
        if (state.isStale(RowFormat.generation(key))) {
            if (staleKeys.size() < SWEEP_KEYS) {
                staleKeys.add(key);
            } else {
                state.hasStale(true); // scan again
            }
        }
    }

    /** Deletes all stale rows; leaves those that it cannot delete now to a later time. */
    void sweepAll() {
        while (hasSweeping()) {
            sweep();
        }
    }

    /** Writes what is not written yet and ends the thread. */
    void end() {
        if (dead == null && failed == null) {
            TableState next = state.next();
            write(next.batch(true)); // a hint, which may be lost
        }
        ended = true;
    }

    private void run() {
        while (!ended) {
            boolean sweeping = hasSweeping();
            StoreCall first = sweeping ? queue.poll() : take();
            if (first == null && sweeping) {
                sweep();
            } else if (first == null) {
                idle();
            } else if (first instanceof StoreCall.Between between) {
                between.run();
            } else {
                turn(first);
            }
        }
    }

    /** The next call; null if none came for the idle period. */
    private @Nullable StoreCall take() {
        while (true) {
            try {
                return queue.poll(idleNanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                // take again: nobody has cause to interrupt this thread (S17)
            }
        }
    }

    private void turn(StoreCall first) {
        TableState next = state.next();
        List<StoreCall> calls = new ArrayList<>();
        for (StoreCall call = first; call != null; call = nextInTurn(next)) {
            calls.add(call);
            plan(call, next);
        }
        PersistenceException reason = dead != null ? dead : write(next.batch(false));
        if (reason == null) {
            state = next;
        } else if (reason.isRetryable()) {
            failed = firstToRepeat(calls);
            failure = reason;
        }
        for (StoreCall call : calls) {
            call.settle(reason);
        }
    }

    private @Nullable StoreCall nextInTurn(TableState next) {
        return next.batchBytes() >= TURN_BYTES || queue.peek() instanceof StoreCall.Between ? null : queue.poll();
    }

    private void plan(StoreCall call, TableState next) {
        if (dead != null) {
            return;
        }
        if (failed != null && !call.repeats(failed)) {
            call.refuse(
                    PersistenceException.retryable("an earlier call failed and has not been made again yet", failure));
            return;
        }
        if (failed != null && call.givesUp(failed)) {
            giveUp(failed);
            if (state.isDoubted()) {
                next.restore();
            }
        }
        failed = null;
        try {
            call.plan(next);
        } catch (IllegalArgumentException e) {
            call.refuse(e);
        }
    }

    /** The first of the calls that failed, but for those that one of them gives up. */
    private @Nullable StoreCall firstToRepeat(List<StoreCall> calls) {
        for (StoreCall call : calls) {
            if (call.hasStage() && !call.isRefused()) {
                if (calls.stream().noneMatch(later -> later.givesUp(call))) {
                    return call;
                }
                giveUp(call);
            }
        }
        return null;
    }

    private void giveUp(StoreCall call) {
        if (call instanceof StoreCall.Switch) {
            state.doubt();
        }
    }

    /** Writes a batch; the failure, or null. One that is not retryable is the end of this store (S2). */
    private @Nullable PersistenceException write(List<EntryStore.Change> batch) {
        if (batch.isEmpty()) {
            return null;
        }
        PersistenceException reason;
        try {
            store.write(batch);
            return null;
        } catch (PersistenceException e) {
            reason = e;
        } catch (Throwable e) { // P43: an Error, too, ends this store
            reason = PersistenceException.fatal("the entry store failed to write a batch of " + batch.size(), e);
        }
        if (!reason.isRetryable()) {
            dead = reason;
        }
        return reason;
    }

    private void idle() {
        if (dead != null) {
            return;
        }
        try {
            store.idle();
        } catch (PersistenceException e) {
            dead = e.isRetryable() ? null : e;
        } catch (Throwable e) { // P43: as in write
            dead = PersistenceException.fatal("the entry store failed while it was idle", e);
        }
    }

    private boolean hasSweeping() {
        return dead == null && failed == null && !state.isDoubted() && (!staleKeys.isEmpty() || state.hasStale());
    }

    private void sweep() {
        if (staleKeys.isEmpty()) {
            state.hasStale(false);
            try {
                store.scan((key, value) -> {
                    if (key[0] == RowFormat.ENTRY) {
                        noteIfStale(key);
                    }
                });
            } catch (Exception e) {
                staleKeys.clear(); // they do no harm, and the next recovery finds them
            }
            return;
        }
        List<EntryStore.Change> batch = new ArrayList<>();
        while (batch.size() < SWEEP_ROWS && !staleKeys.isEmpty()) {
            batch.add(EntryStore.Change.delete(staleKeys.remove()));
        }
        if (write(batch) != null) {
            staleKeys.clear();
        }
    }
}
