package io.kvgrid.persistence.file;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Time that passes only as threads spend it, each its own. One that spends some goes on only when no other is behind it,
 * so that what threads do interleaves in the same way in each run, at the speeds that the test has chosen.
 */
final class VirtualTime implements LogClock {
    private final Map<Thread, Long> times = new LinkedHashMap<>();
    private boolean free;

    /** Lets {@code work} run on a thread of its own, from the caller's time on. */
    synchronized void start(Runnable work) {
        Thread thread = new Thread(() -> {
            try {
                spend(0);
                work.run();
            } finally {
                leave();
            }
        });
        thread.setDaemon(true);
        times.put(thread, nanoTime());
        thread.start();
    }

    /** The caller has worked or waited so long. */
    synchronized void spend(long nanos) {
        Thread self = Thread.currentThread();
        long time = nanoTime() + nanos;
        times.put(self, time);
        notifyAll();
        while (!free && isAheadOfAnother(self, time)) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Of two at the same time the one that has been there longer goes first. */
    private boolean isAheadOfAnother(Thread self, long time) {
        boolean selfSeen = false;
        for (Map.Entry<Thread, Long> other : times.entrySet()) {
            if (other.getKey().equals(self)) {
                selfSeen = true;
            } else if (other.getValue() < time || (other.getValue() == time && !selfSeen)) {
                return true;
            }
        }
        return false;
    }

    private synchronized void leave() {
        times.remove(Thread.currentThread());
        notifyAll();
    }

    /** The time of the thread that spent some first. */
    synchronized long first() {
        return times.values().iterator().next();
    }

    /** From now on nobody waits for anybody. */
    synchronized void setFree() {
        free = true;
        notifyAll();
    }

    @Override
    public synchronized long nanoTime() {
        return times.getOrDefault(Thread.currentThread(), 0L);
    }

    @Override
    public void pause(long nanos) {
        spend(nanos);
    }
}
