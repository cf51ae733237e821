package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log thread: one force for all who wait. It takes every queued call; the records of consecutive appends are
 * written and forced together, then their stages complete; other calls run between. Stages complete in call order.
 * Batches come from load: idle, nothing waits for company. All file I/O of a store runs here (S17).
 *
 * <p>An {@link IOException}, an {@link Error} or any unexpected exception is fatal: nothing is written or forced again
 * and every later call fails (S2, P43). {@link DiskFullException} is retryable: the call that met it fails, and so do
 * all others, without effect, until it is made again. {@link IllegalArgumentException} and {@link PersistenceException}
 * are the answer to one call.
 */
final class GroupFlusher {
    private static final Logger LOG = LoggerFactory.getLogger(GroupFlusher.class);

    /** What the thread works on. Called on it only. */
    interface Target {
        /** Buffers the records. */
        void append(List<LogRecord> records) throws IOException;

        /** Whether so much is buffered that it should be flushed before more is taken. */
        boolean isFull();

        /** Makes everything buffered durable. */
        void flush() throws IOException;

        /** Whether {@link #recordIdle} would say something new. Any thread may change the answer, with {@link #nudge}. */
        boolean hasIdleWork();

        /** Called after a while without calls. */
        void recordIdle() throws IOException;
    }

    private static final class Call<T> {
        /** Equal for a call and its repetition. */
        final Object identity;

        final List<LogRecord> records;
        final @Nullable Callable<? extends T> work;
        final CompletableFuture<T> done = new CompletableFuture<>();

        @Nullable
        RuntimeException failure;

        Call(Object identity, List<LogRecord> records, @Nullable Callable<? extends T> work) {
            this.identity = identity;
            this.records = records;
            this.work = work;
        }
    }

    /** Identity of the call that ends the thread. */
    private static final Object LAST = new Object();

    /** Identity of what the store does for itself. */
    private static final Object OWN = new Object();

    private final Target target;
    private final long idleNanos;
    private final Thread thread;
    private final Queue<Call<?>> queue = new ConcurrentLinkedQueue<>();

    /** The thread waits for a call; {@link #resting}: without a time limit. */
    private volatile boolean waiting;

    private volatile boolean resting;

    // Log thread only
    private final List<Call<?>> unflushed = new ArrayList<>();
    private @Nullable Object toRepeat;
    private @Nullable PersistenceException retryable;
    private volatile @Nullable PersistenceException fatal; // written by the log thread
    private boolean finished;

    /** @param idle after how much quiet the {@link Target} may record what it knows */
    GroupFlusher(String threadName, Duration idle, Target target) {
        this.target = target;
        this.idleNanos = idle.toNanos();
        this.thread = new Thread(this::run, threadName);
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Queues an append; the stage completes when its records are durable. */
    CompletableFuture<Void> append(List<LogRecord> records) {
        return submit(new Call<>(records.get(0), records, null));
    }

    /**
     * Queues work; the stage completes with its result.
     *
     * @param identity equal for a call and its repetition after a retryable failure
     */
    <T> CompletableFuture<T> submit(Object identity, Callable<? extends T> work) {
        return submit(new Call<T>(identity, List.of(), work));
    }

    /** Queues work of the store itself, no call of its owner: it runs while calls wait for room, and must not fail. */
    void submitOwn(Callable<Void> work) {
        enqueue(new Call<Void>(OWN, List.of(), work));
    }

    /** Queues the last work, which runs even after a fatal failure, and ends the thread. */
    <T> CompletableFuture<T> finish(Callable<? extends T> work) {
        return submit(new Call<T>(LAST, List.of(), work));
    }

    /** Whether a failure has ended all writing. Log thread only. */
    boolean hasFailed() {
        return fatal != null;
    }

    /** What has ended all writing; null while nothing has. Any thread. */
    @Nullable
    PersistenceException failure() {
        return fatal;
    }

    /** Whether the caller is the log thread, which must not wait for itself. */
    boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** Has the thread ask again whether there {@linkplain Target#hasIdleWork is something to record}. */
    void nudge() {
        if (resting) {
            LockSupport.unpark(thread);
        }
    }

    private <T> CompletableFuture<T> submit(Call<T> call) {
        enqueue(call);
        return call.done;
    }

    private void enqueue(Call<?> call) {
        queue.add(call);
        if (waiting) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        ArrayDeque<Call<?>> group = new ArrayDeque<>();
        while (!finished) {
            Call<?> next = group.poll();
            if (next != null) {
                execute(next);
                continue;
            }
            flush();
            // what has come during the force is the next group; a caller that is as fast as this thread must not keep
            // it open
            for (Call<?> call = queue.poll(); call != null; call = queue.poll()) {
                group.add(call);
            }
            if (group.isEmpty()) {
                group.add(await());
            }
        }
    }

    /** Waits for the next call; after a quiet time has the target record what it knows, once. */
    private Call<?> await() {
        long since = System.nanoTime();
        while (true) {
            waiting = true;
            Call<?> call = queue.poll();
            if (call == null) {
                park(since);
                call = queue.poll();
            }
            waiting = false;
            if (call != null) {
                return call;
            }
            if (System.nanoTime() - since >= idleNanos && hasIdleWork()) {
                guarded(target::recordIdle);
            }
        }
    }

    private void park(long since) {
        resting = true;
        boolean record = hasIdleWork();
        if (record) {
            resting = false;
            LockSupport.parkNanos(this, Math.max(1, idleNanos - (System.nanoTime() - since)));
        } else {
            LockSupport.park(this);
            resting = false;
        }
    }

    private boolean hasIdleWork() {
        return fatal == null && target.hasIdleWork();
    }

    private <T> void execute(Call<T> call) {
        boolean last = call.identity.equals(LAST);
        if (call.work != null) {
            flush();
        }
        if (fatal != null && !last) {
            call.done.completeExceptionally(fatal);
        } else if (call.identity.equals(OWN) && call.work != null) {
            guarded(call.work::call);
        } else if (retryable != null && !last && !call.identity.equals(toRepeat)) {
            call.done.completeExceptionally(retryable);
        } else if (call.work == null) {
            retryable = null;
            append(call);
        } else {
            retryable = null;
            perform(call, call.work);
            finished = last;
        }
    }

    private void append(Call<?> call) {
        try {
            target.append(call.records);
            unflushed.add(call);
            if (target.isFull()) {
                flush();
            }
        } catch (IllegalArgumentException | PersistenceException e) {
            call.failure = e;
            unflushed.add(call);
        } catch (DiskFullException e) {
            flush();
            reject(call, e);
        } catch (Throwable e) { // P43
            unflushed.add(call);
            die(e);
        }
    }

    private void flush() {
        if (unflushed.isEmpty() || !guarded(target::flush)) {
            return;
        }
        List<Call<?>> flushed = List.copyOf(unflushed);
        unflushed.clear();
        for (Call<?> call : flushed) {
            settle(call);
        }
    }

    private static void settle(Call<?> call) {
        if (call.failure == null) {
            call.done.complete(null);
        } else {
            call.done.completeExceptionally(call.failure);
        }
        clearInterrupt();
    }

    private <T> void perform(Call<T> call, Callable<? extends T> work) {
        try {
            call.done.complete(work.call());
        } catch (IllegalArgumentException | PersistenceException e) {
            call.done.completeExceptionally(e);
        } catch (DiskFullException e) {
            reject(call, e);
        } catch (Throwable e) { // P43
            call.done.completeExceptionally(die(e));
        }
        clearInterrupt();
    }

    /** A callback that runs on this thread may have interrupted it; a file channel would close for that (S17). */
    private static void clearInterrupt() {
        if (Thread.interrupted()) {
            LOG.warn("the log thread was interrupted by a callback; ignored");
        }
    }

    /** Fails the call, and with it all others until it is made again: they were made believing that it would succeed. */
    private void reject(Call<?> call, DiskFullException e) {
        if (fatal == null) {
            LOG.warn("a call waits for room on the disk", e);
            toRepeat = call.identity;
            retryable = PersistenceException.retryable(String.valueOf(e.getMessage()), e);
        }
        call.done.completeExceptionally(fatal == null ? retryable : fatal);
        clearInterrupt();
    }

    private interface Io {
        void run() throws Exception;
    }

    private boolean guarded(Io io) {
        try {
            io.run();
            return true;
        } catch (Throwable e) { // P43
            die(e);
            return false;
        }
    }

    /** After any failed write or force nothing here is trusted again (S2). */
    private PersistenceException die(Throwable cause) {
        LOG.error("the store failed and will not be written again", cause);
        PersistenceException failure =
                PersistenceException.fatal("the store failed and must be recovered: " + cause, cause);
        fatal = failure;
        for (Call<?> call : unflushed) {
            call.done.completeExceptionally(call.failure == null ? failure : call.failure);
        }
        unflushed.clear();
        return failure;
    }
}
