package io.kvgrid.persistence.file;

/**
 * Lets other threads have the processor every few microseconds of long work. Without that, on a machine whose other
 * processors are busy too, a log thread that wakes up behind its force waits until the scheduler ends the working thread's
 * turn, which takes milliseconds. Costs next to nothing when nobody waits. One thread.
 */
final class Courtesy {
    private static final int STEP_BYTES = 1 << 12;

    /** What handling an entry costs beside its bytes, as bytes. */
    private static final int ENTRY_BYTES = 128;

    private final Runnable giveWay;
    private int worked;

    @SuppressWarnings("ThreadPriorityCheck") // latency depends on it, correctness does not
    Courtesy() {
        this(Thread::yield);
    }

    /** @param giveWay lets whoever waits for the processor have it */
    Courtesy(Runnable giveWay) {
        this.giveWay = giveWay;
    }

    /** An entry of that length has been handled. */
    void handled(int bytes) {
        worked += ENTRY_BYTES + Math.min(bytes, STEP_BYTES);
        if (worked >= STEP_BYTES) {
            worked = 0;
            giveWay.run();
        }
    }
}
