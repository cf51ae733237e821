package io.kvgrid.core.sim;

import io.kvgrid.core.runtime.Loop;

/** Loops whose clocks are not what they should be. For mutants. */
final class ClockMutants {
    private ClockMutants() {}

    /** P29: the wall clock is not asked, so that nobody sees the monotonic one stand still. */
    static Loop withoutWallClock(Loop real) {
        return new Loop() {
            @Override
            public void execute(Runnable task) {
                real.execute(task);
            }

            @Override
            public Cancellable schedule(long delayNanos, Runnable task) {
                return real.schedule(delayNanos, task);
            }

            @Override
            public long nanoTime() {
                return real.nanoTime();
            }

            @Override
            public long wallMillis() {
                return real.nanoTime() / 1_000_000;
            }
        };
    }
}
