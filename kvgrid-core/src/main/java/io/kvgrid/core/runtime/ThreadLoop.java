package io.kvgrid.core.runtime;

import io.kvgrid.NodeId;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop on a thread of its own, {@code kvgrid-<node>-loop}. Parks while it has nothing to do. The inbox is unbounded:
 * those who fill it bound what they give.
 *
 * <p>Whatever a task throws goes to the failure handler, which stops the node (P43); the loop itself goes on, so that
 * the node can be closed.
 */
public final class ThreadLoop implements Loop, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ThreadLoop.class);
    private static final int CHUNK = 1024;
    private static final long CLOSE_MILLIS = 5_000;

    private final MpscUnboundedArrayQueue<Runnable> inbox = new MpscUnboundedArrayQueue<>(CHUNK);
    // the loop's own
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private long timerCount;
    private volatile boolean parked;
    private volatile boolean closing;

    private ThreadLoop(NodeId node, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        thread = new Thread(this::run, "kvgrid-" + node + "-loop");
        thread.setDaemon(true);
    }

    /**
     * A loop that runs from now on.
     *
     * @param onFailure called on the loop's thread with what a task has thrown
     */
    public static ThreadLoop start(NodeId node, Consumer<Throwable> onFailure) {
        ThreadLoop loop = new ThreadLoop(node, onFailure);
        loop.thread.start();
        return loop;
    }

    @Override
    public void execute(Runnable task) {
        if (!closing) {
            inbox.offer(task);
            wake();
        }
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
        Timer timer = new Timer(nanoTime() + delayNanos, task);
        if (isCurrentThread()) {
            add(timer);
        } else {
            execute(() -> add(timer));
        }
        return timer;
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    /**
     * Runs what was given so far, then ends the thread. Waits for that for at most five seconds, unless called on the
     * thread itself. Timers that have not come are dropped. Idempotent.
     */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        if (isCurrentThread()) {
            return;
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the caller is one of this loop's tasks. */
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    private void add(Timer timer) {
        timer.number = timerCount++;
        timers.add(timer);
    }

    private void wake() {
        if (parked) {
            parked = false;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (true) {
            boolean ranTasks = runTasks();
            boolean ranTimers = runTimers();
            if (closing && inbox.isEmpty()) {
                return;
            }
            if (!ranTasks && !ranTimers) {
                park();
            }
        }
    }

    private boolean runTasks() {
        // bounded, so that timers come in time under any load
        int left = CHUNK;
        Runnable task;
        while (left > 0 && (task = inbox.relaxedPoll()) != null) {
            run(task);
            left--;
        }
        return left < CHUNK;
    }

    private boolean runTimers() {
        Timer first = timers.peek();
        if (first == null) {
            return false;
        }
        long now = nanoTime();
        boolean ran = false;
        while (first != null && first.timeNanos - now <= 0) {
            timers.poll();
            if (!first.cancelled) {
                run(first.task);
                ran = true;
            }
            first = timers.peek();
        }
        return ran;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) { // the loop's edge: the one place that takes everything (P43)
            fail(e);
        }
    }

    private void fail(Throwable cause) {
        try {
            onFailure.accept(cause);
        } catch (Throwable e) { // even the handler may run out of memory; the thread must stay, or close would hang
            log.error("the failure handler failed", e);
        }
    }

    private void park() {
        parked = true; // before the queue is looked at again: who offers after that look sees it and wakes us
        if (inbox.isEmpty() && !closing) {
            Timer first = timers.peek();
            if (first == null) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, first.timeNanos - nanoTime());
            }
            // an interrupt would make every later park return at once
            if (Thread.interrupted()) {
                log.warn("the interrupt of {} is ignored", thread.getName());
            }
        }
        parked = false;
    }

    private static final class Timer implements Cancellable, Comparable<Timer> {
        private final long timeNanos;
        private final Runnable task;
        private long number;
        private volatile boolean cancelled;

        Timer(long timeNanos, Runnable task) {
            this.timeNanos = timeNanos;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Timer other) {
            long difference = timeNanos - other.timeNanos; // by subtraction: nanoTime may overflow
            return difference != 0 ? Long.signum(difference) : Long.compare(number, other.number);
        }
    }
}
