package io.kvgrid.core.runtime;

import java.util.concurrent.atomic.AtomicLong;

/** A loop that tells the time to all threads, and runs nothing. */
final class VirtualClock implements Loop {
    private final AtomicLong nowNanos = new AtomicLong();

    void advance(long nanos) {
        nowNanos.addAndGet(nanos);
    }

    @Override
    public long nanoTime() {
        return nowNanos.get();
    }

    @Override
    public long wallMillis() {
        return nowNanos.get() / 1_000_000;
    }

    @Override
    public void execute(Runnable task) {
        throw new UnsupportedOperationException("this loop runs nothing");
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        return () -> {};
    }
}
