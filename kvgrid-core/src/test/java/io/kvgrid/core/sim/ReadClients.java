package io.kvgrid.core.sim;

import io.kvgrid.GridClosedException;
import io.kvgrid.OperationFailedException;
import io.kvgrid.Outcome;
import io.kvgrid.core.runtime.ReadOperation;
import io.kvgrid.core.store.StoredEntry;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Clients that read: what they find with {@code LINEARIZABLE} goes into the {@link Workload}'s history; {@code atLeast} never
 * is older than the version that it names; {@code LOCAL} is this node's copy, and never older than what the same run of it
 * has shown or acknowledged. Asks as the client library does.
 */
final class ReadClients {
    private final SimGrid grid;
    private final Workload clients;
    /** The newest version that a run of a node has shown to any reader, or acknowledged. */
    private final Map<SimProcess, Long> shown = new HashMap<>();

    private long asked;
    private long ended;
    private long refused;
    private long refusedByClosing;

    ReadClients(SimGrid grid, Workload clients) {
        this.grid = grid;
        this.clients = clients;
    }

    /** Reads that were not answered by their deadline, or were refused by a node that was not closing. */
    long refused() {
        return refused;
    }

    /** Those that were refused by a node that had begun to close before. */
    long refusedByClosing() {
        return refusedByClosing;
    }

    /** Those that have not ended, or never will: their node is down. */
    long open() {
        return asked - ended;
    }

    /** A client of {@code process} was told of {@code version}: whoever reads there later sees it. */
    void onShown(SimProcess process, long version) {
        shown.merge(process, version, Math::max);
    }

    /** A linearizable read that is made only if the node can answer it at once; whether it did. */
    boolean now(SimNode node, ByteBuffer key) {
        StoredEntry found = node.member().readNow(node.key(key));
        if (found != null) {
            linearizable(node, key, grid.clock().nowNanos(), found);
        }
        return found != null;
    }

    /** A linearizable read. */
    void linearizable(SimNode node, ByteBuffer key, long timeoutNanos) {
        if (!now(node, key)) {
            long invoked = grid.clock().nowNanos();
            ask(node, key, ReadOperation.LINEARIZABLE, timeoutNanos, found -> linearizable(node, key, invoked, found));
        }
    }

    private void linearizable(SimNode node, ByteBuffer key, long invoked, StoredEntry found) {
        grid.invariants().onRead(node, key, found);
        onShown(node.process(), found.version());
        clients.answered(key, invoked, found);
    }

    /** A read of {@code version} or a later one. */
    void atLeast(SimNode node, ByteBuffer key, long version, long timeoutNanos) {
        StoredEntry found =
                node.member().appliedLsn() >= version ? node.member().peek(node.key(key)) : null;
        if (found != null) {
            atLeast(node, key, version, found);
        } else {
            ask(node, key, version, timeoutNanos, answer -> atLeast(node, key, version, answer));
        }
    }

    private void atLeast(SimNode node, ByteBuffer key, long version, StoredEntry found) {
        grid.invariants().onRead(node, key, found);
        grid.invariants().onReadSince(node, key, found, version, "AtLeastThatVersion");
        onShown(node.process(), found.version());
    }

    /** A read of the node's copy as it is; false if the node is not ready. */
    boolean local(SimNode node, ByteBuffer key) {
        StoredEntry found = node.member().peek(node.key(key));
        if (found == null) {
            return false;
        }
        long before = shown.getOrDefault(node.process(), 0L);
        grid.invariants().onPeek(node, key, found);
        grid.invariants().onRead(node, key, found);
        grid.invariants().onReadSince(node, key, found, before, "LocalReadsGoForward");
        onShown(node.process(), found.version());
        return true;
    }

    private void ask(SimNode node, ByteBuffer key, long minLsn, long timeoutNanos, Consumer<StoredEntry> then) {
        SimProcess process = node.process();
        boolean closing = node.isLeaving();
        ReadOperation operation = new ReadOperation(node.key(key), minLsn, process.nanoTime() + timeoutNanos);
        Deadline deadline = Deadline.expectEnd(process, timeoutNanos, "read");
        asked++;
        var unused = operation
                .future()
                .whenComplete((entry, failure) -> grid.recording(() -> {
                    ended++;
                    deadline.ended();
                    if (failure == null) {
                        then.accept(entry);
                    } else {
                        failed(Workload.cause(failure), closing);
                    }
                }));
        node.member().read(operation);
    }

    private void failed(Throwable failure, boolean closing) {
        if (!(failure instanceof OperationFailedException failed) || failed.outcome() != Outcome.NOT_APPLIED) {
            throw new InvariantViolation("OutcomesAreStated", "a read failed with " + failure, failure);
        }
        if (closing && failed instanceof GridClosedException) {
            refusedByClosing++;
        } else {
            refused++;
        }
    }
}
