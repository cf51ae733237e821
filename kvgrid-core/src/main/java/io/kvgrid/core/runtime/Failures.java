package io.kvgrid.core.runtime;

import io.kvgrid.ConditionFailedException;
import io.kvgrid.NodeId;
import io.kvgrid.NotEnoughReplicasException;
import io.kvgrid.NotPrimaryException;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.OperationTooOldException;
import io.kvgrid.Outcome;
import io.kvgrid.OverloadedException;
import io.kvgrid.core.message.WriteResult;
import org.jspecify.annotations.Nullable;

/** What a caller is told of a write that was not acknowledged. */
final class Failures {
    private Failures() {}

    /**
     * The exception for a result other than acknowledged.
     *
     * @param repeated whether the caller named the id: an earlier attempt may still be on its way, and what becomes of
     *     this one says nothing about it (P19)
     */
    static OperationFailedException of(OperationId id, WriteResult result, boolean repeated, @Nullable NodeId primary) {
        OperationFailedException failure = definite(id, result, primary);
        return repeated && failure.outcome() == Outcome.NOT_APPLIED ? attempt(id, failure) : failure;
    }

    /** What the caller of an operation that is refused before it is under way is told. */
    static OperationFailedException refusedAtOnce(ClientOperation operation, OperationFailedException failure) {
        return operation.repeated().map(id -> attempt(id, failure)).orElse(failure);
    }

    private static OperationFailedException attempt(OperationId id, OperationFailedException failure) {
        return new OperationFailedException(
                id,
                Outcome.UNKNOWN,
                "this attempt was not applied (" + failure.getMessage() + "), an earlier one may be");
    }

    private static OperationFailedException definite(OperationId id, WriteResult result, @Nullable NodeId primary) {
        return switch (result.kind()) {
            case CONDITION_FAILED -> new ConditionFailedException(id, result.lsn());
            case NOT_PRIMARY -> new NotPrimaryException(id, primary);
            case NOT_ENOUGH_REPLICAS ->
                new NotEnoughReplicasException(id, "fewer in-sync nodes answer than minInSync asks for");
            case OVERLOADED ->
                new OverloadedException(
                        id,
                        "the primary has too many writes under way, or remembers more than 1,024 clients of the last ten minutes:"
                                + " give each client one id, and number its operations");
            case TOO_OLD -> new OperationTooOldException(id, "the operation id is older than what the grid remembers");
            case UNKNOWN ->
                new OperationFailedException(
                        id, Outcome.UNKNOWN, "the primary lost its role before the write was committed");
            case ACKNOWLEDGED -> throw new IllegalArgumentException("an acknowledged write did not fail");
        };
    }
}
