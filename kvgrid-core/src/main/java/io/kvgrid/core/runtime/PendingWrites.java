package io.kvgrid.core.runtime;

import io.kvgrid.GridClosedException;
import io.kvgrid.NodeId;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.core.replication.Completion;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.WriteCommand;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This node's writes from their arrival at the loop to their end: numbers them, holds them in order until the replica
 * may have them, ends each by the replica's word or by its deadline, whichever comes first. Used by the loop only.
 *
 * <p>A new write that the replica never had was not applied; one that it had, or that repeats an earlier attempt, and
 * meets its deadline may be (P19).
 */
final class PendingWrites {
    private final OperationIds ids;
    /** The first operation of each id; further ones of the same id follow it and end with it. */
    private final Map<OperationId, WriteOperation> open = new LinkedHashMap<>();
    /** Those of {@link #open} that the replica does not have yet, in the order of their arrival. */
    private final Map<WriteOperation, WriteCommand> held = new LinkedHashMap<>();

    private final InFlightLimit limit;
    private final DeadlineWheel deadlines;
    private final Callbacks callbacks;
    private final Refusals refusals;

    PendingWrites(
            OperationIds ids, InFlightLimit limit, DeadlineWheel deadlines, Callbacks callbacks, Refusals refusals) {
        this.ids = ids;
        this.limit = limit;
        this.deadlines = deadlines;
        this.callbacks = callbacks;
        this.refusals = refusals;
    }

    /** Takes an operation that a caller has submitted, and room in the limit for. */
    void add(WriteOperation operation) {
        OperationId id = operation.repeated().orElse(null);
        if (id == null) {
            id = ids.next();
        }
        WriteCommand command = operation.number(id, ids.floor(id));
        if (ids.isYetToCome(id)) {
            String message = "this run of the node has not issued that operation id";
            fail(operation, new OperationFailedException(id, Outcome.NOT_APPLIED, message));
            return;
        }
        deadlines.add(operation);
        WriteOperation first = open.putIfAbsent(id, operation);
        if (first == null) {
            held.put(operation, command);
        } else {
            operation.follower = first.follower;
            first.follower = operation;
        }
    }

    /** Gives everything held to the replica, in order. */
    void handOver(Consumer<Input> replica) {
        if (!held.isEmpty()) {
            held.forEach((operation, command) -> {
                operation.markHandedOver();
                replica.accept(new Input.ClientWrite(command));
            });
            held.clear();
        }
    }

    /** Fails everything held: this node is not the primary and was told not to forward. */
    void refuseHeld(@Nullable NodeId primary) {
        for (WriteOperation operation : List.copyOf(held.keySet())) {
            complete(new Completion(operation.id(), WriteResult.of(WriteResult.Kind.NOT_PRIMARY)), primary);
        }
    }

    /** A write has ended; nothing happens if nobody here waits for it any more. */
    void complete(Completion completion, @Nullable NodeId primary) {
        OperationId id = completion.operation();
        WriteResult result = completion.result();
        WriteOperation first = open.remove(id);
        if (first == null) {
            return;
        }
        held.remove(first);
        if (result.kind() == WriteResult.Kind.TOO_OLD) {
            ids.refusedAsTooOld(id);
        }
        for (WriteOperation at = first; at != null; at = at.follower) {
            if (result.kind() == WriteResult.Kind.ACKNOWLEDGED) {
                at.acknowledged(result.lsn());
                end(at, true);
            } else {
                fail(at, Failures.of(id, result, isRepeated(first, at), primary));
            }
        }
    }

    /**
     * The operation's deadline has come.
     *
     * @return the id, if the replica has the write and nobody here waits for it any more
     */
    @Nullable
    OperationId expire(WriteOperation operation) {
        OperationId id = operation.id();
        WriteOperation first = open.get(id);
        if (first == null) {
            throw new IllegalStateException(id + " has a deadline but is not open");
        }
        boolean mayBeApplied = first.isHandedOver() || isRepeated(first, operation);
        fail(
                operation,
                mayBeApplied
                        ? new OperationTimeoutException(
                                id, Outcome.UNKNOWN, "the write was not acknowledged within its deadline")
                        : new OperationTimeoutException(id, Outcome.NOT_APPLIED, refusals.noRole()));
        if (isAwaited(first)) {
            return null;
        }
        open.remove(id);
        held.remove(first);
        return first.isHandedOver() ? id : null;
    }

    /** Ends everything that is open: the node stops. */
    void failAll(String reason) {
        for (WriteOperation first : List.copyOf(open.values())) {
            for (WriteOperation at = first; at != null; at = at.follower) {
                boolean mayBeApplied = first.isHandedOver() || isRepeated(first, at);
                Outcome outcome = mayBeApplied ? Outcome.UNKNOWN : Outcome.NOT_APPLIED;
                fail(at, new GridClosedException(at.id(), outcome, reason));
            }
        }
        open.clear();
        held.clear();
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Whether what becomes of this attempt says nothing about another one. */
    private static boolean isRepeated(WriteOperation first, WriteOperation operation) {
        return operation.repeated().isPresent() || first.follower != null;
    }

    private static boolean isAwaited(WriteOperation first) {
        for (WriteOperation at = first; at != null; at = at.follower) {
            if (!at.isSettled()) {
                return true;
            }
        }
        return false;
    }

    private void fail(WriteOperation operation, OperationFailedException failure) {
        operation.failed(failure);
        end(operation, failure.outcome() == Outcome.NOT_APPLIED);
    }

    private void end(WriteOperation operation, boolean known) {
        if (!operation.settle()) {
            return;
        }
        deadlines.remove(operation);
        limit.release(operation.bytes());
        if (known) {
            ids.settle(operation.id());
        }
        callbacks.add(operation);
    }
}
