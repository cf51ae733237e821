package io.kvgrid.persistence.file;

import java.util.concurrent.locks.LockSupport;

/** How a background thread of the store waits; tests let it wait for them instead. */
interface Pauses {
    /** Waits for that long, or until {@link #end}. Returns false if that was called. One thread. */
    boolean pause(long nanos);

    /** No pause lasts any longer. Any thread. */
    void end();

    /** By the system's clock. */
    static Pauses parked() {
        return new Pauses() {
            private volatile boolean ended;
            private volatile Thread waiting = Thread.currentThread();

            @Override
            public boolean pause(long nanos) {
                waiting = Thread.currentThread();
                long start = System.nanoTime();
                long left = nanos;
                while (!ended && left > 0) {
                    LockSupport.parkNanos(this, left);
                    left = nanos - (System.nanoTime() - start);
                }
                return !ended;
            }

            @Override
            public void end() {
                ended = true;
                LockSupport.unpark(waiting);
            }
        };
    }
}
