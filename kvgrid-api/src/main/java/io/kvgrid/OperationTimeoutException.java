package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** The operation did not end within its deadline. Its {@link #outcome} says whether it may have been applied. */
public final class OperationTimeoutException extends OperationFailedException {
    private static final long serialVersionUID = 1L;

    public OperationTimeoutException(@Nullable OperationId id, Outcome outcome, String message) {
        super(id, outcome, message);
    }
}
