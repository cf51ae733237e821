package io.kvgrid.core.runtime;

import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** A loop on virtual time, run by the test's own thread. */
final class TestLoop implements Loop {
    private record Task(long timeNanos, long number, Runnable action, AtomicBoolean cancelled)
            implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return timeNanos != other.timeNanos
                    ? Long.compare(timeNanos, other.timeNanos)
                    : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long nowNanos = 1_000;
    private long count;
    private long suspendedNanos;

    @Override
    public void execute(Runnable task) {
        schedule(0, task);
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        AtomicBoolean cancelled = new AtomicBoolean();
        tasks.add(new Task(nowNanos + Math.max(0, delayNanos), count++, task, cancelled));
        return () -> cancelled.set(true);
    }

    @Override
    public long wallMillis() {
        return (nowNanos + suspendedNanos) / 1_000_000;
    }

    /** The machine is suspended for so long: only the wall clock goes on. */
    void suspend(long nanos) {
        suspendedNanos += nanos;
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    /** Whether nothing is due, now or ever. */
    boolean isIdle() {
        return tasks.isEmpty();
    }

    /** Runs what is due now. */
    void run() {
        advanceMillis(0);
    }

    void advanceMillis(long millis) {
        advanceNanos(millis * 1_000_000);
    }

    void advanceNanos(long nanos) {
        long end = nowNanos + nanos;
        while (!tasks.isEmpty() && tasks.element().timeNanos() <= end) {
            Task next = tasks.remove();
            nowNanos = next.timeNanos();
            if (!next.cancelled().get()) {
                next.action().run();
            }
        }
        nowNanos = end;
    }
}
