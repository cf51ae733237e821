package io.kvgrid.persistence.file;

import java.util.concurrent.locks.LockSupport;

/** The log thread's time, which tests move by hand. */
interface LogClock {
    LogClock SYSTEM = new LogClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void pause(long nanos) {
            LockSupport.parkNanos(this, nanos);
        }
    };

    /** As {@link System#nanoTime}. */
    long nanoTime();

    /** Waits about that long, or less. */
    void pause(long nanos);
}
