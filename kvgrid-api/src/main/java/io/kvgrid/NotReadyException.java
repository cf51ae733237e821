package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** This node has no role yet, or lost it: it is still recovering or joining. Nothing was applied or read. */
public final class NotReadyException extends OperationFailedException {
    private static final long serialVersionUID = 1L;

    public NotReadyException(@Nullable OperationId id, String message) {
        super(id, Outcome.NOT_APPLIED, message);
    }
}
