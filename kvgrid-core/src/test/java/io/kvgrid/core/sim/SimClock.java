package io.kvgrid.core.sim;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Virtual time and the events to come, ordered by time and, at one time, by when they were added. One thread. */
final class SimClock {
    /** Something that will happen. */
    static final class Event implements Comparable<Event> {
        private final long nanos;
        private final long sequence;
        private final Runnable action;
        private boolean cancelled;

        private Event(long nanos, long sequence, Runnable action) {
            this.nanos = nanos;
            this.sequence = sequence;
            this.action = action;
        }

        /** It will not happen. */
        void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Event other) {
            return nanos != other.nanos ? Long.compare(nanos, other.nanos) : Long.compare(sequence, other.sequence);
        }
    }

    private final PriorityQueue<Event> later = new PriorityQueue<>();
    /** What was added for the very moment that it is: behind all that {@link #later} has for it. */
    private final ArrayDeque<Event> now = new ArrayDeque<>();

    private long nowNanos;
    private long sequence;

    /** Time since the run began. */
    long nowNanos() {
        return nowNanos;
    }

    /** Adds an event {@code delayNanos} from now; a delay below zero counts as zero. */
    Event after(long delayNanos, Runnable action) {
        Event event = new Event(nowNanos + Math.max(0, delayNanos), sequence++, action);
        if (event.nanos == nowNanos) {
            now.add(event);
        } else {
            later.add(event);
        }
        return event;
    }

    /** Moves time to the next event and runs it; false if there is none up to {@code endNanos}, where time then stands. */
    boolean runNext(long endNanos) {
        for (Event next = next(endNanos); next != null; next = next(endNanos)) {
            if (!next.cancelled) {
                nowNanos = next.nanos;
                next.action.run();
                return true;
            }
        }
        nowNanos = Math.max(nowNanos, endNanos);
        return false;
    }

    private @Nullable Event next(long endNanos) {
        Event first = later.peek();
        if (!now.isEmpty() && (first == null || first.nanos > nowNanos)) {
            return now.remove();
        }
        return first == null || first.nanos > endNanos ? null : later.remove();
    }

    /** How many events wait. */
    int size() {
        return later.size() + now.size();
    }
}
