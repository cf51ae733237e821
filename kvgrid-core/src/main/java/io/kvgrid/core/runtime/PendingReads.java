package io.kvgrid.core.runtime;

import io.kvgrid.GridClosedException;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.StoredEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * This node's reads that could not be answered on the caller's thread. Those that know what they must see wait until it has
 * been applied: linearizable ones of a dirty key, under this node's lease (P27), and those of a version. Other linearizable
 * ones wait until the replica confirms them. Used by the loop only.
 */
final class PendingReads {
    private final Map<Long, ReadOperation> confirming = new LinkedHashMap<>();
    /** Those of {@link #confirming} that the replica does not know yet. */
    private final Map<Long, ReadOperation> held = new LinkedHashMap<>();
    /** By the LSN they wait for, then by arrival. */
    private final TreeMap<Wanted, ReadOperation> waiting = new TreeMap<>();

    private final GridStore store;
    private final LocalReads localReads;
    private final InFlightLimit limit;
    private final DeadlineWheel deadlines;
    private final Callbacks callbacks;
    private final Refusals refusals;
    private long nextId;

    private record Wanted(long lsn, long id) implements Comparable<Wanted> {
        @Override
        public int compareTo(Wanted other) {
            return lsn != other.lsn ? Long.compare(lsn, other.lsn) : Long.compare(id, other.id);
        }
    }

    PendingReads(
            GridStore store,
            LocalReads localReads,
            InFlightLimit limit,
            DeadlineWheel deadlines,
            Callbacks callbacks,
            Refusals refusals) {
        this.store = store;
        this.localReads = localReads;
        this.limit = limit;
        this.deadlines = deadlines;
        this.callbacks = callbacks;
        this.refusals = refusals;
    }

    /** Takes an operation that a caller has submitted, and room in the limit for. */
    void add(ReadOperation operation) {
        operation.number(nextId++);
        deadlines.add(operation);
        if (operation.isLinearizable()) {
            operation.await(localReads.awaitedLsn(operation.key()));
        }
        if (operation.isConfirmed()) {
            confirm(operation);
        } else {
            waiting.put(wanted(operation), operation);
        }
    }

    private void confirm(ReadOperation operation) {
        confirming.put(operation.number(), operation);
        held.put(operation.number(), operation);
    }

    /** Asks the replica about everything held, in one question. */
    void handOver(Consumer<Input> replica) {
        if (!held.isEmpty()) {
            held.values().forEach(ReadOperation::markHandedOver);
            replica.accept(new Input.ClientReads(List.copyOf(held.keySet())));
            held.clear();
        }
    }

    /** The lease under which dirty keys were looked up is gone, or their log was cut: those reads begin anew (P27). */
    void restart() {
        List<ReadOperation> under =
                waiting.values().stream().filter(ReadOperation::isLinearizable).toList();
        for (ReadOperation operation : under) {
            forget(operation);
            operation.await(0);
            confirm(operation);
        }
    }

    /** The replica has gone: the next one is asked about everything. */
    void takeBack() {
        restart();
        held.putAll(confirming);
    }

    /** The store has what the read must see. */
    void confirmed(long readId) {
        ReadOperation operation = confirming.remove(readId);
        if (operation != null) {
            answer(operation);
        }
    }

    /** Answers those that waited for records applied by now. Called only while the store may be read. */
    void applied() {
        long appliedLsn = store.appliedLsn();
        while (!waiting.isEmpty() && waiting.firstKey().lsn <= appliedLsn) {
            answer(waiting.pollFirstEntry().getValue());
        }
    }

    /** The operation's deadline has come. */
    void expire(ReadOperation operation) {
        forget(operation);
        String reason = !operation.isConfirmed()
                ? "this node had not applied version " + operation.awaitedLsn() + " within the deadline"
                        + refusals.reason()
                : operation.isHandedOver()
                        ? "the read was not confirmed by the primary within its deadline"
                        : refusals.noRole();
        fail(operation, new OperationTimeoutException(null, Outcome.NOT_APPLIED, reason));
    }

    /** Ends everything that is open: the node stops. */
    void failAll(String reason) {
        List<ReadOperation> all = new ArrayList<>(confirming.values());
        all.addAll(waiting.values());
        for (ReadOperation operation : all) {
            forget(operation);
            fail(operation, new GridClosedException(null, Outcome.NOT_APPLIED, reason));
        }
    }

    boolean isEmpty() {
        return confirming.isEmpty() && waiting.isEmpty();
    }

    private void forget(ReadOperation operation) {
        if (operation.isConfirmed()) {
            confirming.remove(operation.number());
            held.remove(operation.number());
        } else {
            waiting.remove(wanted(operation));
        }
    }

    private void answer(ReadOperation operation) {
        StoredEntry found = store.get(operation.key());
        operation.answered(found == null ? StoredEntry.ABSENT : found);
        end(operation);
    }

    private void fail(ReadOperation operation, OperationFailedException failure) {
        operation.failed(failure);
        end(operation);
    }

    private void end(ReadOperation operation) {
        if (operation.settle()) {
            deadlines.remove(operation);
            limit.release(operation.bytes());
            callbacks.add(operation);
        }
    }

    private static Wanted wanted(ReadOperation operation) {
        return new Wanted(operation.awaitedLsn(), operation.number());
    }
}
