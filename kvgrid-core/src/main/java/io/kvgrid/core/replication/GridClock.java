package io.kvgrid.core.replication;

/**
 * Grid time on the primary (P36): goes on from the newest logged time by the monotonic clock alone, so that no wall clock
 * can move it, and stands still while no primary lives. Milliseconds.
 */
final class GridClock {
    private final long startMillis;
    private final long startNanos;

    GridClock(long lastLoggedMillis, long nowNanos) {
        startMillis = lastLoggedMillis;
        startNanos = nowNanos;
    }

    long millis(long nowNanos) {
        return startMillis + (nowNanos - startNanos) / 1_000_000;
    }
}
