package io.kvgrid.core.sim;

import io.kvgrid.ConditionFailedException;
import io.kvgrid.GridClosedException;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.Outcome;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.runtime.WriteOperation;
import io.kvgrid.core.store.StoredEntry;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.testkit.history.History;
import io.kvgrid.testkit.history.Operation.Guard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Clients on all nodes: inserts, removals, conditional inserts, reads ({@link ReadClients}), and repetitions of writes whose
 * outcome is unknown, with the same operation id, on any node. Records all of it in a {@link History}, and checks
 * that every operation ends by its deadline.
 */
final class Workload {
    static final int MAP = 7;
    private static final long DEFAULT_TIMEOUT_NANOS = 1_000_000_000L;
    private static final int EXPIRING_KEYS = 3;
    private static final int MAX_TIME_TO_LIVE_MILLIS = 8_000;

    private final SimGrid grid;
    private final RandomGenerator random;
    private final ReadClients reads;
    private final History history = new History();
    private final List<ByteBuffer> keys = new ArrayList<>();
    private final int hotKeys;
    /** Keys whose values end by themselves; not in the history, since nobody asks for their end (P36). */
    private final List<ByteBuffer> expiringKeys = new ArrayList<>();

    private final History expiring = new History();
    /** Which write set a version, as clients know it from acknowledgements and reads. */
    private final Map<Long, Long> writeOfVersion = new HashMap<>();

    private final Map<ByteBuffer, Long> lastVersion = new HashMap<>();
    /** The identities of writes whose outcome was unknown at some time. */
    private final Map<History.Write, OperationId> identities = new HashMap<>();
    /** Attempts under way, by the process whose client waits for them. */
    private final Map<SimProcess, Set<History.Write>> underWay = new HashMap<>();

    private long operations;
    private long acknowledged;
    private long unknown;
    private long refused;
    private long refusedByClosing;
    private long lost;
    private long newestVersion;
    private boolean stopped;

    Workload(SimGrid grid, RandomGenerator random, int hotKeys, int coldKeys) {
        this.grid = grid;
        this.random = random;
        this.hotKeys = hotKeys;
        reads = new ReadClients(grid, this);
        for (int i = 0; i < hotKeys + coldKeys; i++) {
            keys.add(ByteBuffer.wrap(("key-" + i).getBytes(StandardCharsets.UTF_8)));
        }
        for (int i = 0; i < EXPIRING_KEYS; i++) {
            expiringKeys.add(ByteBuffer.wrap(("expiring-" + i).getBytes(StandardCharsets.UTF_8)));
        }
    }

    History history() {
        return history;
    }

    List<ByteBuffer> keys() {
        return keys;
    }

    /** Those whose values end by themselves too. */
    List<ByteBuffer> allKeys() {
        List<ByteBuffer> all = new ArrayList<>(keys);
        all.addAll(expiringKeys);
        return all;
    }

    long operations() {
        return operations;
    }

    long acknowledged() {
        return acknowledged;
    }

    long unknownOutcomes() {
        return unknown;
    }

    /** Whether any operation still waits for its end. */
    boolean isIdle() {
        return underWay.values().stream().allMatch(Set::isEmpty);
    }

    /** Begins: one operation each {@code meanNanos} or so, until {@link #stop}. */
    void start(long meanNanos) {
        grid.clock().after((long) (meanNanos * 2 * random.nextDouble()), () -> {
            if (!stopped) {
                grid.randomUp(random).ifPresent(this::operate);
                start(meanNanos);
            }
        });
    }

    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Writes that ended as not applied, but for conditions that did not hold and nodes that were closing. */
    long refused() {
        return refused;
    }

    /** Those that were refused by a node that had begun to close before. */
    long refusedByClosing() {
        return refusedByClosing;
    }

    /** Writes that had not ended when the process of their client did. */
    long lost() {
        return lost;
    }

    ReadClients reads() {
        return reads;
    }

    /** The clients of a process that died have died with it, and know nothing. */
    void onCrash(SimProcess process) {
        Set<History.Write> open = underWay.remove(process);
        if (open != null) {
            lost += open.size();
            open.forEach(History.Write::unknown);
        }
    }

    private void operate(SimNode node) {
        int burst = grid.faults().strikes(Fault.OVERLOAD, 0.02) ? 50 + random.nextInt(200) : 1;
        for (int i = 0; i < burst && node.isUp(); i++) {
            operations++;
            ByteBuffer key = keys.get(random.nextInt(random.nextInt(4) == 0 ? keys.size() : hotKeys));
            switch (random.nextInt(22)) {
                case 0, 1 -> write(node, history.removal(name(key)), key, Condition.NONE, 0, true);
                case 2, 3 -> conditional(node, key, Condition.ABSENT, Guard.EXPECTED, 0, 0);
                case 4 -> conditional(node, key, Condition.PRESENT, Guard.ANOTHER, 0, 0);
                case 5, 6 -> {
                    long version = lastVersion.getOrDefault(key, 0L);
                    if (version > 0) {
                        long expected = writeOfVersion.getOrDefault(version, -1L);
                        conditional(node, key, Condition.VERSION, Guard.EXPECTED, expected, version);
                    }
                }
                case 7, 8, 9, 10, 11, 12 ->
                    write(node, history.write(name(key), Guard.ANYTHING, 0), key, Condition.NONE, 0, false);
                case 13, 14, 15, 16 -> reads.linearizable(node, key, timeoutNanos());
                case 17 -> reads.atLeast(node, key, newestVersion, timeoutNanos());
                case 18, 19 -> reads.local(node, key);
                case 20 -> insertExpiring(node, expiringKeys.get(random.nextInt(expiringKeys.size())));
                default -> reads.local(node, expiringKeys.get(random.nextInt(expiringKeys.size())));
            }
        }
    }

    private void conditional(
            SimNode node, ByteBuffer key, Condition condition, Guard guard, long expected, long version) {
        write(node, history.write(name(key), guard, expected), key, condition, version, false);
    }

    /**
     * Writes of each kind in turn, and reads of all three levels, with the default time limit. Nobody but {@code node} writes
     * {@code own}, so that each condition holds: one that does not, and was asked twice, ends unknown (P19).
     */
    void operateInTurn(SimNode node, ByteBuffer own, ByteBuffer shared, int turn) {
        long version = lastVersion.getOrDefault(own, 0L);
        boolean isKnown = underWay.getOrDefault(node.process(), Set.of()).isEmpty();
        switch (turn % 5) {
            case 0 -> inTurn(node, own, history.removal(name(own)), Condition.NONE, 0);
            case 1 -> inTurn(node, own, history.write(name(own), Guard.EXPECTED, 0), Condition.ABSENT, 0);
            case 2 -> inTurn(node, own, history.write(name(own), Guard.ANOTHER, 0), Condition.PRESENT, 0);
            case 3 -> {
                if (isKnown && version > 0) {
                    History.Write write =
                            history.write(name(own), Guard.EXPECTED, writeOfVersion.getOrDefault(version, -1L));
                    inTurn(node, own, write, Condition.VERSION, version);
                }
            }
            default -> inTurn(node, shared, history.write(name(shared), Guard.ANYTHING, 0), Condition.NONE, 0);
        }
        for (ByteBuffer key : List.of(own, shared)) {
            reads.linearizable(node, key, DEFAULT_TIMEOUT_NANOS);
            reads.atLeast(node, key, newestVersion, DEFAULT_TIMEOUT_NANOS);
            reads.local(node, key);
        }
    }

    private void inTurn(SimNode node, ByteBuffer key, History.Write write, Condition condition, long version) {
        operations++;
        attempt(
                node,
                new Attempts(write, key, condition, version, write.isRemoval(), 100, 0),
                null,
                DEFAULT_TIMEOUT_NANOS);
    }

    // ---- writes

    /** A plain insert, for directed scenarios. */
    History.Write insert(SimNode node, ByteBuffer key) {
        return insert(node, key, timeoutNanos());
    }

    /** The same, with a deadline. */
    History.Write insert(SimNode node, ByteBuffer key, long timeoutNanos) {
        operations++;
        History.Write write = history.write(name(key), Guard.ANYTHING, 0);
        Attempts what = new Attempts(write, key, Condition.NONE, 0, false, 100 + random.nextInt(200), 0);
        attempt(node, what, null, timeoutNanos);
        return write;
    }

    /** The same, with an operation id that a client has chosen. */
    void insertAs(SimNode node, ByteBuffer key, OperationId id) {
        operations++;
        History.Write write = history.write(name(key), Guard.ANYTHING, 0);
        attempt(node, new Attempts(write, key, Condition.NONE, 0, false, 100, 0), id);
    }

    /** An insert of a value that ends by itself. */
    void insertExpiring(SimNode node, long timeToLiveMillis) {
        History.Write write = expiring.write("expiring", Guard.ANYTHING, 0);
        attempt(node, new Attempts(write, expiringKeys.get(0), Condition.NONE, 0, false, 10, timeToLiveMillis), null);
    }

    private void write(
            SimNode node, History.Write write, ByteBuffer key, Condition condition, long version, boolean removal) {
        attempt(node, new Attempts(write, key, condition, version, removal, 100 + random.nextInt(200), 0), null);
    }

    /** One write, which may be tried again. */
    private record Attempts(
            History.Write write,
            ByteBuffer key,
            Condition condition,
            long version,
            boolean removal,
            int filler,
            long timeToLiveMillis) {
        /** What its value begins with: the write's number, of the other sign in the history of those that end. */
        long number() {
            return timeToLiveMillis > 0 ? -write.id() : write.id();
        }
    }

    private void insertExpiring(SimNode node, ByteBuffer key) {
        History.Write write = expiring.write(name(key), Guard.ANYTHING, 0);
        long timeToLive = 1L + random.nextInt(MAX_TIME_TO_LIVE_MILLIS);
        attempt(node, new Attempts(write, key, Condition.NONE, 0, false, random.nextInt(50), timeToLive), null);
    }

    private void attempt(SimNode node, Attempts what, @Nullable OperationId repeated) {
        attempt(node, what, repeated, timeoutNanos());
    }

    private void attempt(SimNode node, Attempts what, @Nullable OperationId repeated, long timeoutNanos) {
        byte[] value = what.removal ? new byte[0] : new byte[8 + what.filler];
        if (!what.removal) {
            ByteBuffer.wrap(value).putLong(what.number());
        }
        SimProcess process = node.process();
        WriteOperation operation = new WriteOperation(
                Optional.ofNullable(repeated),
                what.condition,
                what.version,
                what.timeToLiveMillis,
                RecordFormat.body(what.removal ? RecordKind.REMOVE : RecordKind.PUT, MAP, bytes(what.key), value),
                process.nanoTime() + timeoutNanos);
        what.write.invoked(now());
        underWay.computeIfAbsent(process, p -> new HashSet<>()).add(what.write);
        boolean closing = node.isLeaving();
        Deadline deadline = Deadline.expectEnd(process, timeoutNanos, "write " + what.write.id());
        var unused = operation
                .future()
                .whenComplete((ack, failure) -> grid.recording(() -> {
                    deadline.ended();
                    Set<History.Write> open = underWay.get(process);
                    if (open == null || !open.remove(what.write)) {
                        throw new InvariantViolation(
                                "DeadlinesKept", "write " + what.write.id() + " ended twice, or too late");
                    }
                    if (failure == null) {
                        acknowledged++;
                        what.write.acknowledged(now(), ack.version());
                        reads.onShown(process, ack.version());
                        known(what, ack.version());
                        grid.trace().add(now(), node.id().value(), "acknowledged", "", ack.version());
                        grid.invariants().onAcknowledged(node, ack.id(), ack.version());
                    } else {
                        failed(node, what, cause(failure), closing);
                    }
                }));
        node.member().write(operation);
    }

    private void failed(SimNode node, Attempts what, Throwable failure, boolean closing) {
        if (!(failure instanceof OperationFailedException failed)) {
            throw new InvariantViolation("OutcomesAreStated", "a write failed with " + failure, failure);
        }
        grid.trace().add(now(), node.id().value(), failed.getClass().getSimpleName(), "", what.write.id());
        if (failed instanceof ConditionFailedException refused) {
            what.write.conditionFailed(now(), grid.invariants().writeAt(refused.currentVersion()));
            if (!what.write.isMaybeApplied()) {
                refused.id().ifPresent(id -> grid.invariants().onNotApplied(node, id, refused));
            }
        } else if (failed.outcome() == Outcome.NOT_APPLIED) {
            if (closing && failed instanceof GridClosedException) {
                refusedByClosing++;
            } else {
                refused++;
            }
            what.write.notApplied();
            if (!what.write.isMaybeApplied()) {
                failed.id().ifPresent(id -> grid.invariants().onNotApplied(node, id, failed));
            }
        } else {
            unknown++;
            what.write.unknown();
            failed.id().ifPresent(id -> identities.put(what.write, id));
        }
        if (what.write.isMaybeApplied() && failed.id().isPresent() && !stopped) {
            repeatLater(what, failed.id().get());
        }
    }

    /**
     * The history, once nothing is under way any more: what clients do not know, the committed log does. Without its word
     * a check would have to try each unknown write at each place.
     */
    Optional<String> violation() {
        Map<Long, Long> lsns = grid.invariants().log().lsnsOfWrites();
        for (History.Write write : history.unknown()) {
            OperationId id = identities.get(write);
            if (!write.isRemoval()) {
                write.settled(lsns.getOrDefault(write.id(), 0L));
            } else if (id != null) {
                write.settled(grid.invariants().log().lsnOf(id));
            } // a removal whose client died with its process cannot be told from others
        }
        return history.violation();
    }

    private void repeatLater(Attempts what, OperationId id) {
        if (!grid.faults().strikes(Fault.RETRY_AFTER_UNKNOWN, 1)) {
            return;
        }
        grid.clock().after((long) (random.nextDouble() * 2e9), () -> {
            if (!stopped) {
                grid.randomUp(random).ifPresent(other -> attempt(other, what, id));
            }
        });
    }

    private void known(Attempts what, long version) {
        newestVersion = Math.max(newestVersion, version);
        if (!what.removal) {
            writeOfVersion.put(version, what.write.id());
            lastVersion.merge(what.key, version, Math::max);
        }
    }

    // ---- reads

    /** A linearizable read has found that. */
    void answered(ByteBuffer key, long invoked, StoredEntry found) {
        if (!found.isPresent()) {
            history.readNothing(name(key), invoked, now());
        } else {
            long write = found.bytes().getLong();
            history.read(name(key), invoked, now(), write, found.version());
            writeOfVersion.put(found.version(), write);
            lastVersion.merge(key, found.version(), Math::max);
        }
    }

    private long timeoutNanos() {
        return random.nextInt(4) == 0 ? 200_000_000L + (long) (random.nextDouble() * 5e9) : DEFAULT_TIMEOUT_NANOS;
    }

    private long now() {
        return grid.clock().nowNanos();
    }

    /** A copy of the bytes of {@code key}. */
    static byte[] bytes(ByteBuffer key) {
        byte[] bytes = new byte[key.remaining()];
        key.duplicate().get(bytes);
        return bytes;
    }

    private static String name(ByteBuffer key) {
        return StandardCharsets.UTF_8.decode(key.duplicate()).toString();
    }

    /** What a future failed with, itself. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
