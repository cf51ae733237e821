package io.kvgrid.core.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How much may be under way at once (P42): overload is refused on the caller's thread, before anything is queued. */
final class InFlightLimit {
    private final int maxOperations;
    private final long maxBytes;
    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    InFlightLimit(int maxOperations, long maxBytes) {
        this.maxOperations = maxOperations;
        this.maxBytes = maxBytes;
    }

    /** Takes room for one operation; false, and nothing taken, if there is none. Any thread. */
    boolean tryAcquire(int size) {
        if (operations.incrementAndGet() > maxOperations) {
            operations.decrementAndGet();
            return false;
        }
        if (bytes.addAndGet(size) > maxBytes) {
            release(size);
            return false;
        }
        return true;
    }

    /** Gives the room of one operation back. */
    void release(int size) {
        bytes.addAndGet(-size);
        operations.decrementAndGet();
    }

    boolean isEmpty() {
        return operations.get() == 0;
    }

    @Override
    public String toString() {
        return operations + " operations of at most " + maxOperations + " and " + bytes + " bytes of at most "
                + maxBytes + " are under way";
    }
}
