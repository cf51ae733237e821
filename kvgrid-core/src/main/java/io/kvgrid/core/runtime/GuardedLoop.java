package io.kvgrid.core.runtime;

import java.util.function.Consumer;

/** A loop for one member: whatever a task throws stops the member, and a stopped member's tasks do not run (P43). */
final class GuardedLoop implements Loop {
    private final Loop loop;
    private final Consumer<Throwable> onFailure;
    private volatile boolean stopped;

    GuardedLoop(Loop loop, Consumer<Throwable> onFailure) {
        this.loop = loop;
        this.onFailure = onFailure;
    }

    /** No task given to this loop begins any more. Any thread. */
    void stop() {
        stopped = true;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(() -> run(task));
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        return loop.schedule(delayNanos, () -> run(task));
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    @Override
    public long wallMillis() {
        return loop.wallMillis();
    }

    private void run(Runnable task) {
        if (stopped) {
            return;
        }
        try {
            task.run();
        } catch (Throwable e) { // the member's edge: the one place that takes everything (P43)
            onFailure.accept(e);
        }
    }
}
