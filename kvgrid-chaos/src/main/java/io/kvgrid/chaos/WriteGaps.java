package io.kvgrid.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** For how long no write was acknowledged, or the Arbiter did not answer, after the primary was killed. */
final class WriteGaps {
    private final List<Long> nanos = new ArrayList<>();

    void add(long gapNanos) {
        nanos.add(gapNanos);
    }

    int count() {
        return nanos.size();
    }

    long maxNanos() {
        return nanos.isEmpty() ? 0 : Collections.max(nanos);
    }

    long minNanos() {
        return nanos.isEmpty() ? 0 : Collections.min(nanos);
    }

    /** The upper one of two in the middle. */
    long medianNanos() {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }

    /** Number, least, median and greatest, in milliseconds. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "n=%d min_ms=%d median_ms=%d max_ms=%d",
                count(),
                minNanos() / 1_000_000,
                medianNanos() / 1_000_000,
                maxNanos() / 1_000_000);
    }
}
