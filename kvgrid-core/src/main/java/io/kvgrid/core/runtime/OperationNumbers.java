package io.kvgrid.core.runtime;

import java.util.BitSet;

/**
 * Numbers this run's writes from 0 and knows which of them are settled: acknowledged, or surely not applied. The floor is
 * the lowest that is not; whose end is unknown stays open, so that it can be repeated, until {@link #WINDOW} newer ones
 * force the floor up (P19). Used by the loop only.
 */
final class OperationNumbers {
    /** As many as the grid remembers of one client. */
    static final int WINDOW = 1_024;

    // bit n modulo WINDOW, for the numbers from the floor up to the next
    private final BitSet settled = new BitSet(WINDOW);
    private long next;
    private long floor;

    /** A number never given before. */
    long next() {
        if (next - floor == WINDOW) {
            raiseFloor();
            passSettled();
        }
        return next++;
    }

    /** Whether {@link #next} has given it. */
    boolean isIssued(long number) {
        return number < next;
    }

    /** The lowest number whose operation may still be sent again. */
    long floor() {
        return floor;
    }

    /** The operation ended, and it is known how. */
    void settle(long number) {
        if (number < floor) {
            return; // the floor was forced past it
        }
        settled.set(bit(number));
        passSettled();
    }

    private void passSettled() {
        while (floor < next && settled.get(bit(floor))) {
            raiseFloor();
        }
    }

    private void raiseFloor() {
        settled.clear(bit(floor));
        floor++;
    }

    private static int bit(long number) {
        return (int) (number & (WINDOW - 1));
    }
}
