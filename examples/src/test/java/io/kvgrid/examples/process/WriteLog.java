package io.kvgrid.examples.process;

import io.kvgrid.Outcome;
import java.util.ArrayList;
import java.util.List;

/** What a loader saw: how its inserts ended, how long they took, and the longest time without any. Thread-safe. */
final class WriteLog {
    private final long startNanos = System.nanoTime();
    private final List<Long> unknownSince = new ArrayList<>();
    private long acknowledged;
    private long notApplied;
    private long longestNanos;
    private long longestGapNanos;
    private long lastAckNanos = startNanos;
    private long removedNanos;

    synchronized void acknowledged(long sinceNanos) {
        long now = ended(sinceNanos);
        acknowledged++;
        longestGapNanos = Math.max(longestGapNanos, now - lastAckNanos);
        lastAckNanos = now;
    }

    synchronized void failed(long sinceNanos, Outcome outcome) {
        ended(sinceNanos);
        if (outcome == Outcome.UNKNOWN) {
            unknownSince.add(sinceNanos);
        } else {
            notApplied++;
        }
    }

    private long ended(long sinceNanos) {
        long now = System.nanoTime();
        longestNanos = Math.max(longestNanos, now - sinceNanos);
        return now;
    }

    /** A node has left the in-sync set. The first time counts. */
    synchronized void memberRemoved() {
        if (removedNanos == 0) {
            removedNanos = System.nanoTime();
        }
    }

    /** As {@code key=value} pairs; times in milliseconds. */
    synchronized String report() {
        long unknownAfterRemoval = unknownSince.stream()
                .filter(since -> removedNanos != 0 && since - removedNanos > 0)
                .count();
        return "acknowledged=" + acknowledged + " notApplied=" + notApplied + " unknown=" + unknownSince.size()
                + " unknownAfterRemoval=" + unknownAfterRemoval + " removed=" + (removedNanos != 0)
                + " longest=" + longestNanos / 1_000_000 + " gap=" + longestGapNanos / 1_000_000
                + " took=" + (System.nanoTime() - startNanos) / 1_000_000;
    }
}
