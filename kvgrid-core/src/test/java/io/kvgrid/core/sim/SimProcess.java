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
    private boolean deceived;
    private long pausedUntilNanos;
    private long suspendedUntilNanos;
    private long suspendedNanos;
    private long wallOffsetMillis;

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

    /** Whether it was not paused for so long. */
    boolean hasRunFor(long nanos) {
        return clock.nowNanos() - pausedUntilNanos >= nanos;
    }

    /** The Arbiter has shown it what is not so: it may have to stop (P8). */
    void deceive() {
        deceived = true;
    }

    boolean isDeceived() {
        return deceived;
    }

    /** {@code kill -9}. */
    void kill() {
        alive = false;
    }

    /** SIGSTOP, with SIGCONT after {@code nanos}. */
    void pause(long nanos) {
        pausedUntilNanos = Math.max(pausedUntilNanos, clock.nowNanos() + nanos);
    }

    /** SIGCONT now. */
    void resume() {
        pausedUntilNanos = clock.nowNanos();
    }

    /** Its machine is suspended for {@code nanos}: it stands still, and its monotonic clock with it (P29). */
    void suspend(long nanos) {
        if (!isPaused()) {
            pause(nanos);
            suspendedNanos += nanos;
            suspendedUntilNanos = clock.nowNanos() + nanos;
        }
    }

    /** Somebody sets its wall clock. */
    void setWallClock(long millisAhead) {
        wallOffsetMillis += millisAhead;
    }

    long wallMillis() {
        return clock.nowNanos() / 1_000_000 + wallOffsetMillis;
    }

    /** This process's monotonic clock, of an origin of its own. */
    long nanoTime() {
        long now = clock.nowNanos();
        long lost = suspendedNanos - Math.max(0, suspendedUntilNanos - now); // of the last one what has passed
        return 1_000_000_000L + (long) ((now - bornNanos - lost) * rate);
    }

    /** Runs {@code task} in this process after a delay by the true clock. */
    SimClock.Event after(long delayNanos, Runnable task) {
        return clock.after(delayNanos, () -> runNow(task));
    }

    /** Runs {@code task} in this process after a delay by its own clock. */
    Timer afterOwn(long delayNanos, Runnable task) {
        return new Timer(delayNanos, task);
    }

    /** Something that waits for this process's own clock, which may have stood still. */
    final class Timer {
        private final long dueNanos;
        private final Runnable task;
        private SimClock.Event event;

        private Timer(long delayNanos, Runnable task) {
            dueNanos = nanoTime() + delayNanos;
            this.task = task;
            event = arm(delayNanos);
        }

        private SimClock.Event arm(long delayNanos) {
            return after((long) Math.ceil(delayNanos / rate), this::fire);
        }

        private void fire() {
            long left = dueNanos - nanoTime();
            if (suspendedNanos > 0 && left > 0) {
                event = arm(left);
            } else {
                task.run();
            }
        }

        void cancel() {
            event.cancel();
        }
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
