package io.kvgrid.chaos.history;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** When something happened, told in any order, and how long it did not in between. Thread-safe. */
public final class Moments {
    private final NavigableSet<Long> nanos = new TreeSet<>();

    /** It happened. */
    public synchronized void add(long atNanos) {
        nanos.add(atNanos);
    }

    /** Forgets what was before, which nobody will ask for. */
    public synchronized void forget() {
        nanos.clear();
    }

    /** Whether it has happened after {@code sinceNanos}. */
    public synchronized boolean anyAfter(long sinceNanos) {
        return nanos.higher(sinceNanos) != null;
    }

    /** The gaps from {@code fromNanos} to the first moment after {@code endNanos}, or to the last one there is. */
    public synchronized List<Gap> gaps(long fromNanos, long endNanos) {
        List<Gap> gaps = new ArrayList<>();
        long last = fromNanos;
        for (long next : nanos.tailSet(fromNanos, false)) {
            gaps.add(new Gap(last, next));
            last = next;
            if (next > endNanos) {
                break;
            }
        }
        return gaps;
    }
}
