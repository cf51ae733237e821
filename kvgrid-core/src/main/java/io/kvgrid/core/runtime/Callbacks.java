package io.kvgrid.core.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes futures away from the loop: what one turn of the loop settles goes to the callback executor as one task, so
 * that a wake-up is paid once per batch. Used by the loop only.
 */
final class Callbacks {
    private static final Logger log = LoggerFactory.getLogger(Callbacks.class);

    private final Executor executor;
    private List<Runnable> batch = new ArrayList<>();

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
        Runnable task = () -> run(full);
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // an application's own pool that is full or shut down; its callers must learn the outcome all the same
            log.warn("the callback executor refused {} completions; they run on the common pool", full.size(), e);
            ForkJoinPool.commonPool().execute(task);
        }
    }

    private static void run(List<Runnable> completions) {
        for (Runnable completion : completions) {
            completion.run();
        }
    }
}
