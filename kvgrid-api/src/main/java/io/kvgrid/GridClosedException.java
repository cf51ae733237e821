package io.kvgrid;

import org.jspecify.annotations.Nullable;

/** The node was closed, or stopped by itself, before the operation ended. */
public final class GridClosedException extends OperationFailedException {
    private static final long serialVersionUID = 1L;

    public GridClosedException(@Nullable OperationId id, Outcome outcome, String message) {
        super(id, outcome, message);
    }
}
