package io.kvgrid.core.node;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where futures and listeners complete: an executor that takes every task. An application's own pool may be full or shut
 * down, and those who wait must learn the outcome all the same; its tasks then run on the common pool.
 */
final class CallbackExecutor implements Executor {
    private static final Logger log = LoggerFactory.getLogger(CallbackExecutor.class);

    private final Executor executor;
    private final AtomicBoolean warned = new AtomicBoolean();

    CallbackExecutor(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            if (warned.compareAndSet(false, true)) {
                log.info("the callback executor refuses tasks; they run on the common pool", e);
            }
            ForkJoinPool.commonPool().execute(task);
        }
    }
}
