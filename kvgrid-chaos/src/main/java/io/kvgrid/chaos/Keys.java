package io.kvgrid.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Which keys clients use: a few hot ones that change from time to time, so that no key gets too long a history to be
 * checked; now and then an old one; and keys that are written once. Thread-safe.
 */
final class Keys {
    private static final int HOT = 6;

    private final AtomicLong once = new AtomicLong();
    private volatile int generation;

    /** New hot keys from now on. */
    synchronized void renew() {
        generation++;
    }

    /** A key that many write. */
    String shared(RandomGenerator random) {
        int now = generation;
        int from = random.nextInt(8) == 0 ? random.nextInt(now + 1) : now;
        return name(from, random.nextInt(HOT));
    }

    /** A key that nobody else writes. */
    String single() {
        return "once-" + once.incrementAndGet();
    }

    /** The keys that are hot now. */
    List<String> hot() {
        return ofGeneration(generation);
    }

    /** All keys that were ever shared. */
    List<String> allShared() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i <= generation; i++) {
            all.addAll(ofGeneration(i));
        }
        return all;
    }

    private static List<String> ofGeneration(int generation) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < HOT; i++) {
            keys.add(name(generation, i));
        }
        return keys;
    }

    private static String name(int generation, int index) {
        return (index == 0 ? "gone-" : "hot-") + generation + "-" + index;
    }

    /** Whether {@code key} is one of those that are removed at times. */
    static boolean isRemoved(String key) {
        return key.startsWith("gone-");
    }
}
