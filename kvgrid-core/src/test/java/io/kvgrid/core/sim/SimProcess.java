package io.kvgrid.core.sim;

import io.kvgrid.NodeId;

/**
 * One run of one node's process. Everything that runs in it stops for good when it is killed, stands still while it is
 * paused, and sees a clock of its own rate.
 */
final class SimProcess {
    private final SimClock clock;
    private final NodeId node;
    private final double rate;
    private final long bornNanos;
    private boolean alive = true;
    private long pausedUntilNanos;

    /**
     * @param rate how fast its monotonic clock runs; 1 is right
     */
    SimProcess(SimClock clock, NodeId node, double rate) {
        this.clock = clock;
        this.node = node;
        this.rate = rate;
        this.bornNanos = clock.nowNanos();
    }

    NodeId node() {
        return node;
    }

    boolean isAlive() {
        return alive;
    }

    boolean isPaused() {
        return clock.nowNanos() < pausedUntilNanos;
    }

    /** {@code kill -9}. */
    void kill() {
        alive = false;
    }

    /** SIGSTOP, with SIGCONT after {@code nanos}. */
    void pause(long nanos) {
        pausedUntilNanos = Math.max(pausedUntilNanos, clock.nowNanos() + nanos);
    }

    /** This process's monotonic clock, of an origin of its own. */
    long nanoTime() {
        return 1_000_000_000L + (long) ((clock.nowNanos() - bornNanos) * rate);
    }

    /** Runs {@code task} in this process after a delay by the true clock. */
    SimClock.Event after(long delayNanos, Runnable task) {
        return clock.after(delayNanos, () -> runNow(task));
    }

    /** Runs {@code task} in this process after a delay by its own clock. */
    SimClock.Event afterOwn(long delayNanos, Runnable task) {
        return after((long) Math.ceil(delayNanos / rate), task);
    }

    private void runNow(Runnable task) {
        if (!alive) {
            return;
        }
        if (isPaused()) {
            // keeps the order: events of one process that fall into a pause are queued again one by one
            clock.after(pausedUntilNanos - clock.nowNanos(), () -> runNow(task));
            return;
        }
        task.run();
    }
}
