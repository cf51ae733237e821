package io.kvgrid.core.sim;

import io.kvgrid.core.runtime.Loop;

/** The loop of one process, on virtual time. */
final class SimLoop implements Loop {
    private final SimProcess process;

    SimLoop(SimProcess process) {
        this.process = process;
    }

    @Override
    public void execute(Runnable task) {
        process.after(0, task);
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        return process.afterOwn(delayNanos, task)::cancel;
    }

    @Override
    public long wallMillis() {
        return process.wallMillis();
    }

    @Override
    public long nanoTime() {
        return process.nanoTime();
    }
}
