package io.kvgrid.testkit.history;

import io.kvgrid.testkit.history.Operation.Guard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the clients of one run asked for and what they were told, by key. A write that is repeated with the same
 * operation id is one operation, from its first attempt that may have had an effect to its acknowledgement.
 * Not thread-safe.
 */
public final class History {
    /** One write and all its attempts. */
    public final class Write {
        private final String key;
        private final long id;
        private final boolean removal;
        private final Guard guard;
        private final long expected;
        private long invoked;
        private long attemptInvoked;
        private boolean underWay;
        private boolean maybeApplied;
        private boolean lost;
        private long acknowledged = Operation.NEVER;
        private long version;

        private Write(String key, long id, boolean removal, Guard guard, long expected) {
            this.key = key;
            this.id = id;
            this.removal = removal;
            this.guard = guard;
            this.expected = expected;
        }

        /** Names the write, and the value it sets; from 1. */
        public long id() {
            return id;
        }

        /** Which key it writes. */
        public String key() {
            return key;
        }

        /** Whether its client was told that it happened. */
        public boolean isAcknowledged() {
            return acknowledged != Operation.NEVER;
        }

        /** Whether an attempt is under way now. */
        public boolean isUnderWay() {
            return underWay;
        }

        /** Whether its effect may be there or still come. */
        public boolean isMaybeApplied() {
            return maybeApplied || underWay;
        }

        /** An attempt begins. */
        public void invoked(long nowNanos) {
            if (!maybeApplied) {
                invoked = nowNanos;
            }
            attemptInvoked = nowNanos;
            underWay = true;
        }

        /**
         * The attempt was acknowledged.
         *
         * @param atVersion the place among all writes that it was told to have
         */
        public void acknowledged(long nowNanos, long atVersion) {
            underWay = false;
            acknowledged = nowNanos;
            version = atVersion;
        }

        /** The attempt ended, or its client died, and nobody knows whether it had an effect. */
        public void unknown() {
            underWay = false;
            maybeApplied = true;
        }

        /** The attempt was refused and has no effect; an earlier one may have had. */
        public void notApplied() {
            underWay = false;
        }

        /** Whether it removes the key. */
        public boolean isRemoval() {
            return removal;
        }

        /** Whether its client never learned what became of it. */
        public boolean isUnknown() {
            return maybeApplied && !underWay && !isAcknowledged();
        }

        /**
         * An observer of all nodes says what the client does not know.
         *
         * @param atVersion its place among all writes; 0 if it was never applied
         */
        public void settled(long atVersion) {
            version = atVersion;
            lost = atVersion == 0;
        }

        /** The attempt was refused since the key held the value of write {@code found}, 0 for none. */
        public void conditionFailed(long nowNanos, long found) {
            underWay = false;
            add(key, Operation.read(attemptInvoked, nowNanos, found));
        }

        /** The attempt was refused since its guard did not hold; what the key held instead was not said. */
        public void conditionFailed(long nowNanos) {
            underWay = false;
            add(
                    key,
                    Operation.look(
                            attemptInvoked,
                            nowNanos,
                            guard == Guard.EXPECTED ? Guard.ANOTHER : Guard.EXPECTED,
                            expected));
        }

        private Optional<Operation> operation() {
            if (lost || (!isAcknowledged() && !isMaybeApplied())) {
                return Optional.empty();
            }
            return Optional.of(new Operation(invoked, acknowledged, guard, expected, true, removal ? 0 : id, version));
        }
    }

    private final TreeMap<String, List<Operation>> answered = new TreeMap<>();
    private final Map<Long, Write> writes = new HashMap<>();

    /** A write that sets {@code key} if what {@code guard} says about its value holds. */
    public Write write(String key, Guard guard, long expected) {
        return newWrite(key, false, guard, expected);
    }

    /** A write that removes {@code key}. */
    public Write removal(String key) {
        return newWrite(key, true, Guard.ANYTHING, 0);
    }

    /** A linearizable read that found no value. */
    public void readNothing(String key, long invoked, long returned) {
        add(key, Operation.read(invoked, returned, 0));
    }

    /** A linearizable read that returned the value of write {@code observed}, set at {@code version}. */
    public void read(String key, long invoked, long returned, long observed, long version) {
        add(key, Operation.read(invoked, returned, observed));
        Write write = writes.get(observed);
        if (write != null) {
            write.version = version;
        }
    }

    private Write newWrite(String key, boolean removal, Guard guard, long expected) {
        Write write = new Write(key, writes.size() + 1L, removal, guard, expected);
        writes.put(write.id, write);
        return write;
    }

    private void add(String key, Operation operation) {
        answered.computeIfAbsent(key, k -> new ArrayList<>()).add(operation);
    }

    /** The writes of which no client knows whether they happened. */
    public List<Write> unknown() {
        return writes.values().stream().filter(Write::isUnknown).toList();
    }

    /** All operations by key, in the order of the keys. */
    public Map<String, List<Operation>> operations() {
        TreeMap<String, List<Operation>> all = new TreeMap<>();
        answered.forEach((key, list) -> all.put(key, new ArrayList<>(list)));
        for (Write write : writes.values()) {
            write.operation()
                    .ifPresent(op -> all.computeIfAbsent(write.key, k -> new ArrayList<>())
                            .add(op));
        }
        return all;
    }

    /** What is wrong with the first key whose operations no order explains; empty if all can be explained. */
    public Optional<String> violation() {
        for (Map.Entry<String, List<Operation>> key : operations().entrySet()) {
            Optional<String> found = LinearizabilityChecker.check(key.getValue());
            if (found.isPresent()) {
                return Optional.of("key " + key.getKey() + ": " + found.get());
            }
        }
        return Optional.empty();
    }
}
