package io.kvgrid.persistence.file;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** How long a thread that wants to run has had to wait for this machine. Figures are judged only if that was short. */
final class Stalls implements AutoCloseable {
    private static final long STEP_NANOS = 2_000_000;
    private static final long SHORT_NANOS = 20_000_000;

    private final AtomicLong longestNanos = new AtomicLong();
    private volatile boolean closed;

    private Stalls() {}

    /** Measures from now on. */
    static Stalls watch() {
        Stalls stalls = new Stalls();
        Thread thread = new Thread(stalls::run, "stalls");
        thread.setDaemon(true);
        thread.start();
        return stalls;
    }

    private void run() {
        while (!closed) {
            long start = System.nanoTime();
            LockSupport.parkNanos(STEP_NANOS);
            longestNanos.accumulateAndGet(System.nanoTime() - start - STEP_NANOS, Math::max);
        }
    }

    /** Whether threads had their time, so that what took long did so by itself. */
    boolean wereShort() {
        return longestNanos() < SHORT_NANOS;
    }

    long longestNanos() {
        return longestNanos.get();
    }

    @Override
    public void close() {
        closed = true;
    }
}
