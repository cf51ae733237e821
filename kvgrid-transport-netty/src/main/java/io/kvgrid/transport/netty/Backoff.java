package io.kvgrid.transport.netty;

import java.util.random.RandomGenerator;

/**
 * Delays between attempts: doubling up to a cap, each cut by a random part of up to half, so that nodes that lost each
 * other at the same moment do not keep meeting halfway.
 */
final class Backoff {
    private final int firstMillis;
    private final int maxMillis;
    private final RandomGenerator random;
    private int nextMillis;

    Backoff(int firstMillis, int maxMillis, RandomGenerator random) {
        this.firstMillis = firstMillis;
        this.maxMillis = maxMillis;
        this.random = random;
        nextMillis = firstMillis;
    }

    /** The delay before the next attempt; the one after it is longer. */
    int nextMillis() {
        int millis = nextMillis;
        nextMillis = Math.min(2 * millis, maxMillis);
        return millis - random.nextInt(millis / 2 + 1);
    }

    /** Starts again with the shortest delay. */
    void reset() {
        nextMillis = firstMillis;
    }

    /** Goes on with the longest delay. */
    void raiseToMax() {
        nextMillis = maxMillis;
    }
}
