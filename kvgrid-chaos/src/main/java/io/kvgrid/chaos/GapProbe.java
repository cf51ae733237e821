package io.kvgrid.chaos;

import io.kvgrid.chaos.history.Gap;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Finds out when the grid takes writes again: sends one to each serving node every few milliseconds, and waits for none. */
final class GapProbe {
    private static final int STEP_MILLIS = 5;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ChaosGrid grid;
    private final Keys keys;
    private final Operations operations;

    GapProbe(ChaosGrid grid, Keys keys, Operations operations) {
        this.grid = grid;
        this.keys = keys;
        this.operations = operations;
    }

    /**
     * Waits for the first acknowledgement of a write sent from now on.
     *
     * @return the time from {@code fromNanos} until it came
     * @throws ChaosFailure if none comes within {@code limit}
     */
    Gap awaitAcknowledgement(long fromNanos, Duration limit) throws InterruptedException {
        AtomicLong first = new AtomicLong(Long.MAX_VALUE);
        while (first.get() == Long.MAX_VALUE) {
            for (String id : grid.topology().data()) {
                grid.serving(id).ifPresent(run -> {
                    var unused = operations.keep(run, keys.single(), TIMEOUT).thenAccept(acknowledged -> {
                        if (acknowledged) {
                            first.accumulateAndGet(System.nanoTime(), Math::min);
                        }
                    });
                });
            }
            if (System.nanoTime() - fromNanos > limit.toNanos()) {
                throw new ChaosFailure("no write was acknowledged for " + limit.toSeconds() + " s: " + grid.views());
            }
            TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
        }
        return new Gap(fromNanos, first.get());
    }
}
