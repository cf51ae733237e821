package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** Fewer in-sync nodes answer than the grid needs for a write. The write was not applied. */
public final class NotEnoughReplicasException extends OperationFailedException {
    private static final long serialVersionUID = 1L;

    public NotEnoughReplicasException(@Nullable OperationId id, String message) {
        super(id, Outcome.NOT_APPLIED, message);
    }
}
