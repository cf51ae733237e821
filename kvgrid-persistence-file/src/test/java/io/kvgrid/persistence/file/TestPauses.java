package io.kvgrid.persistence.file;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Pauses that last until the test ends them, one by one. */
final class TestPauses implements Pauses {
    private final BlockingQueue<Long> begun = new LinkedBlockingQueue<>();
    private final Semaphore over = new Semaphore(0);
    private volatile boolean ended;

    @Override
    public boolean pause(long nanos) {
        begun.add(nanos);
        over.acquireUninterruptibly();
        return !ended;
    }

    @Override
    public void end() {
        ended = true;
        over.release(1 << 20);
    }

    /** Waits until the next pause has begun. Returns how long it is to last, in nanoseconds. */
    long awaitNext() {
        try {
            Long nanos = begun.poll(30, TimeUnit.SECONDS);
            if (nanos == null) {
                throw new AssertionError("nobody pauses");
            }
            return nanos;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The present pause is over. */
    void over() {
        over.release();
    }
}
