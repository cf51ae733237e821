package io.kvgrid.core.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Completes futures away from the loop: what one turn of the loop settles goes to the callback executor as one task, so
 * that a wake-up is paid once per batch. Used by the loop only.
 */
final class Callbacks {
    private final Executor executor;
    private List<Runnable> batch = new ArrayList<>();

    /** @param executor refuses nothing */
    Callbacks(Executor executor) {
        this.executor = executor;
    }

    /** Runs {@code completion} after the ones before, once {@link #flush} is called. */
    void add(Runnable completion) {
        batch.add(completion);
    }

    /** Hands over what was added. */
    void flush() {
        if (batch.isEmpty()) {
            return;
        }
        List<Runnable> full = batch;
        batch = new ArrayList<>();
        executor.execute(() -> run(full));
    }

    private static void run(List<Runnable> completions) {
        for (Runnable completion : completions) {
            completion.run();
        }
    }
}
