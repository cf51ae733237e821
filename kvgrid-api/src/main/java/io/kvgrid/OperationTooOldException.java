package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** The operation id is older than what the grid remembers: whether it was applied before is unknown, and it was not applied now (P19). */
public final class OperationTooOldException extends OperationFailedException {
    private static final long serialVersionUID = 1L;

    public OperationTooOldException(@Nullable OperationId id, String message) {
        super(id, Outcome.UNKNOWN, message);
    }
}
