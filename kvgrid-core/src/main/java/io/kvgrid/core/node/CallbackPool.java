package io.kvgrid.core.node;

import io.kvgrid.NodeId;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a node's futures complete unless the application gave an executor. Two threads, so that one slow callback holds up half. */
final class CallbackPool implements AutoCloseable {
    private static final int THREADS = 2;
    private static final long CLOSE_SECONDS = 2;

    private final ExecutorService executor;

    CallbackPool(NodeId node) {
        AtomicInteger count = new AtomicInteger();
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, "kvgrid-" + node + "-callback-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        executor = Executors.newFixedThreadPool(THREADS, threads);
    }

    ExecutorService executor() {
        return executor;
    }

    /** Runs what was given, then ends the threads; waits for that unless it is one of them that asks. */
    @Override
    public void close() {
        executor.shutdown();
        if (Thread.currentThread().getName().startsWith("kvgrid-")) {
            return;
        }
        try {
            if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow(); // an application's callback that does not end
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
