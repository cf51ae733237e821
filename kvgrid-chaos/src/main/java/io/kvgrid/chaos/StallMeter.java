package io.kvgrid.chaos;

import io.kvgrid.chaos.history.Gap;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices when this machine does not run a thread that wants to run, so that no node is blamed for that: but for no more
 * than {@link #MOST_FORGIVEN}, lest a machine that is too busy have every bound kept.
 */
final class StallMeter implements AutoCloseable {
    private static final long STEP_NANOS = 5_000_000;
    private static final long NOTICED_NANOS = 20_000_000;

    /** What is taken off one time that was measured, at most. */
    static final Duration MOST_FORGIVEN = Duration.ofSeconds(1);

    private record Stall(long fromNanos, long endNanos) {}

    private final List<Stall> stalls = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    StallMeter() {}

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
            ran(last, now);
            last = now;
        }
    }

    /** The thread ran at {@code lastNanos} and again at {@code nowNanos}, and wanted to in between. */
    void ran(long lastNanos, long nowNanos) {
        if (nowNanos - lastNanos > NOTICED_NANOS) {
            stalls.add(new Stall(lastNanos, nowNanos));
        }
    }

    /** What is to be taken off the given time. */
    long forgivenNanos(long fromNanos, long endNanos) {
        return Math.min(stalledNanos(fromNanos, endNanos), MOST_FORGIVEN.toNanos());
    }

    /** How long {@code gap} was, but for what is forgiven. */
    long correctedNanos(Gap gap) {
        return gap.nanos() - forgivenNanos(gap.fromNanos(), gap.endNanos());
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
