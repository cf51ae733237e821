package io.kvgrid.core.runtime;

/**
 * Runs tasks one after the other, never two at once, and tells the time. A member's whole state is touched by the tasks
 * of one loop only. Thread-safe.
 */
public interface Loop {
    /** Runs {@code task} after those given before. Returns at once. Does nothing once the loop has been closed. */
    void execute(Runnable task);

    /** Runs {@code task} when {@code delayNanos} have passed, or soon after. */
    Cancellable schedule(long delayNanos, Runnable task);

    /** Monotonic time; compare by subtraction only (P29). May be asked by any thread. */
    long nanoTime();

    /** The wall clock, milliseconds; it may jump. May be asked by any thread. */
    long wallMillis();

    /** A task that waits for its time. */
    interface Cancellable {
        /** The task will not run, unless it has begun. Called by the loop's tasks only. Idempotent. */
        void cancel();
    }
}
