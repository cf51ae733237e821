package io.kvgrid.core.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened in one run: a hash over all of it, and the last lines in full. Two runs of one seed must give the same
 * hash, in any JVM (P37).
 */
final class Trace {
    private static final int KEPT = Integer.getInteger("kvgrid.sim.trace", 400);

    private record Line(
            long nanos, String node, String what, @Nullable Object detail, long number) {
        @Override
        public String toString() {
            return String.format(
                    "%10.3f ms %-8s %s %s %d", nanos / 1e6, node, what, detail == null ? "" : detail, number);
        }
    }

    private final ArrayDeque<Line> last = new ArrayDeque<>();
    private long hash = 0x9E3779B97F4A7C15L;
    private long lines;

    /**
     * Adds one line.
     *
     * @param detail shown, and hashed by its text only where it is a string; give what must count as {@code number}
     */
    void add(long nanos, String node, String what, @Nullable Object detail, long number) {
        mix(nanos);
        mix(node.hashCode());
        mix(what.hashCode());
        mix(number);
        if (detail instanceof String text) {
            mix(text.hashCode());
        }
        lines++;
        if (KEPT > 0) {
            last.add(new Line(nanos, node, what, detail, number));
            if (last.size() > KEPT) {
                last.remove();
            }
        }
    }

    private void mix(long value) {
        hash = (hash ^ value) * 0xBF58476D1CE4E5B9L;
        hash ^= hash >>> 31;
    }

    long hash() {
        return hash;
    }

    long lines() {
        return lines;
    }

    /** The last lines, oldest first; {@code -Dkvgrid.sim.trace=N} keeps N of them. */
    List<String> tail() {
        List<String> text = new ArrayList<>();
        last.forEach(line -> text.add(line.toString()));
        return text;
    }
}
