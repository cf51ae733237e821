package io.kvgrid.chaos;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** Notices when this machine does not run a thread that wants to run, so that no node is blamed for that. */
final class StallMeter implements AutoCloseable {
    private static final long STEP_NANOS = 5_000_000;
    private static final long NOTICED_NANOS = 20_000_000;

    private record Stall(long fromNanos, long endNanos) {}

    private final List<Stall> stalls = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    private StallMeter() {}

    /** Measures from now on. */
    static StallMeter start() {
        StallMeter meter = new StallMeter();
        Thread thread = new Thread(meter::run, "stall-meter");
        thread.setDaemon(true);
        thread.start();
        return meter;
    }

    private void run() {
        long last = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(STEP_NANOS);
            long now = System.nanoTime();
            if (now - last > NOTICED_NANOS) {
                stalls.add(new Stall(last, now));
            }
            last = now;
        }
    }

    /** For how long of the given time the machine was stalled. */
    long stalledNanos(long fromNanos, long endNanos) {
        return stalls.stream()
                .mapToLong(stall -> Math.min(endNanos, stall.endNanos) - Math.max(fromNanos, stall.fromNanos))
                .filter(nanos -> nanos > 0)
                .sum();
    }

    /** The longest stall so far. */
    long longestNanos() {
        return stalls.stream()
                .mapToLong(stall -> stall.endNanos - stall.fromNanos)
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        closed = true;
    }
}
