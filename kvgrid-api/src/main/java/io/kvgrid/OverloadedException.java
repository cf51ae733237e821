package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** Too much is under way: the operation was refused before it got its place in the order. Not applied; slow down and retry. */
public final class OverloadedException extends OperationFailedException {
    private static final long serialVersionUID = 1L;

    public OverloadedException(@Nullable OperationId id, String message) {
        super(id, Outcome.NOT_APPLIED, message);
    }
}
