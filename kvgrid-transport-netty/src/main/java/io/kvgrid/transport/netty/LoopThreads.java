package io.kvgrid.transport.netty;

import io.kvgrid.NodeId;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Makes a transport's threads and can wait for their end. They are daemons: a transport does not keep its process alive,
 * its node does.
 */
final class LoopThreads implements ThreadFactory {
    private final NodeId self;
    private final List<Thread> threads = new ArrayList<>(); // guarded by this
    private int made; // guarded by this

    LoopThreads(NodeId self) {
        this.self = self;
    }

    @Override
    public synchronized Thread newThread(Runnable task) {
        Thread thread = new FastThreadLocalThread(task, "kvgrid-" + self + "-net-" + made++);
        thread.setDaemon(true);
        threads.removeIf(earlier -> earlier.getState() == Thread.State.TERMINATED);
        threads.add(thread);
        return thread;
    }

    /** Waits until all have ended, for at most so long each; an interrupt ends the wait and stays set. */
    void join(long millis) {
        try {
            for (Thread thread : all()) {
                if (thread != Thread.currentThread()) {
                    thread.join(millis);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<Thread> all() {
        return List.copyOf(threads);
    }
}
