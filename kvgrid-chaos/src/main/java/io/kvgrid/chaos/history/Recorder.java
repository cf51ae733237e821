package io.kvgrid.chaos.history;

import io.kvgrid.testkit.history.History;
import io.kvgrid.testkit.history.Operation.Guard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the clients asked for and were told, with real time. Judges at once what can be judged at once: local reads that
 * go backwards on one run of a node, and versions that name two writes. Thread-safe.
 */
public final class Recorder {
    /** A value that was acknowledged under a key that nobody writes again. */
    public record Kept(String value, long version) {}

    /** What a key was last known to hold. */
    public record Known(long write, long version) {}

    private final History history = new History();
    private final Moments acknowledgements = new Moments();
    private final Map<Long, Long> writeOfVersion = new HashMap<>();
    private final Map<String, Known> known = new HashMap<>();
    private final Map<String, Kept> kept = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();

    private long acknowledged;
    private long refused;
    private long notApplied;
    private long unknown;
    private long reads;
    private long locals;
    private long readsFailed;

    // ---- writes of keys that are written again

    /** A write that sets {@code key} if what {@code guard} says about its value holds. */
    public synchronized History.Write write(String key, Guard guard, long expected) {
        return history.write(key, guard, expected);
    }

    /** A write that removes {@code key}. */
    public synchronized History.Write removal(String key) {
        return history.removal(key);
    }

    /** The value that {@code write} sets. */
    public static String value(History.Write write) {
        return "w" + write.id();
    }

    /** An attempt is sent. */
    public synchronized void sent(History.Write write, long nowNanos) {
        write.invoked(nowNanos);
    }

    /** It was acknowledged by the run of a node to which {@code floors} belong, and is to be seen there from now on. */
    public synchronized void acknowledged(History.Write write, Floors floors, long nowNanos, long version) {
        write.acknowledged(nowNanos, version);
        acknowledged++;
        acknowledgements.add(nowNanos);
        floors.raise(write.key(), version);
        named(version, write.id());
        if (!write.isRemoval()) {
            learn(write.key(), new Known(write.id(), version));
        }
    }

    /** Its condition did not hold. */
    public synchronized void refused(History.Write write, long nowNanos) {
        write.conditionFailed(nowNanos);
        refused++;
    }

    /** It said that it had no effect. */
    public synchronized void notApplied(History.Write write) {
        write.notApplied();
        notApplied++;
    }

    /** Nobody knows what became of it. */
    public synchronized void unknown(History.Write write) {
        write.unknown();
        unknown++;
    }

    // ---- writes of keys that are written once

    /** A write under a key of its own was acknowledged. */
    public synchronized void kept(String key, String value, long version, long nowNanos) {
        acknowledged++;
        acknowledgements.add(nowNanos);
        kept.put(key, new Kept(value, version));
        if (writeOfVersion.putIfAbsent(version, -1L) != null) {
            violation("version " + version + " of key " + key + " names another write as well");
        }
    }

    /** A write under a key of its own was not acknowledged. */
    public synchronized void notKept(boolean maybe) {
        unknown += maybe ? 1 : 0;
        notApplied += maybe ? 0 : 1;
    }

    // ---- reads

    /** A linearizable read found no value. */
    public synchronized void readNothing(String key, long sentNanos, long receivedNanos) {
        reads++;
        history.readNothing(key, sentNanos, receivedNanos);
    }

    /** A linearizable read found {@code value}. */
    public synchronized void read(
            String key, Floors floors, long sentNanos, long receivedNanos, String value, long version) {
        reads++;
        long write = Long.parseLong(value.substring(1));
        history.read(key, sentNanos, receivedNanos, write, version);
        floors.raise(key, version);
        named(version, write);
        learn(key, new Known(write, version));
    }

    /** A read ended in time, without an answer. */
    public synchronized void readFailed() {
        readsFailed++;
    }

    /** What a local read sent now must not be below. */
    public synchronized long floor(String key, Floors floors) {
        return floors.of(key);
    }

    /** A local read found {@code value}, and {@code floor} was known when it was sent. */
    public synchronized void local(String key, Floors floors, long floor, String value, long version) {
        locals++;
        if (version < floor) {
            violation("a local read of " + key + " went back from version " + floor + " to " + version + ", " + value);
        }
        floors.raise(key, version);
        named(version, Long.parseLong(value.substring(1)));
    }

    /** A local read found no value, although {@code floor} was known when it was sent. */
    public synchronized void localNothing(String key, long floor, boolean everRemoved) {
        locals++;
        if (floor > 0 && !everRemoved) {
            violation("a local read of " + key + " found nothing after version " + floor + ", and nobody removed it");
        }
    }

    private void named(long version, long write) {
        Long before = writeOfVersion.putIfAbsent(version, write);
        if (before != null && before != write) {
            violation("version " + version + " names the writes " + before + " and " + write);
        }
    }

    private void learn(String key, Known latest) {
        known.merge(key, latest, (a, b) -> a.version > b.version ? a : b);
    }

    /** What {@code key} was last known to hold. */
    public synchronized Optional<Known> known(String key) {
        return Optional.ofNullable(known.get(key));
    }

    // ---- judgement

    /** Something is wrong. */
    public synchronized void violation(String what) {
        violations.add(what);
    }

    /** All that was found wrong so far. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** What is wrong with the first key whose operations no order explains. */
    public synchronized Optional<String> disorder() {
        return history.violation();
    }

    /** What must be there for ever, by key. */
    public synchronized Map<String, Kept> kept() {
        return new TreeMap<>(kept);
    }

    /** When acknowledgements of writes arrived. */
    public Moments acknowledgements() {
        return acknowledgements;
    }

    /** How the operations ended so far. */
    public synchronized Counts counts() {
        return new Counts(acknowledged, refused, notApplied, unknown, reads, locals, readsFailed);
    }
}
