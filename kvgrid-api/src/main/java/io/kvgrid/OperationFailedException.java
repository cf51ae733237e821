package io.kvgrid;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An operation was not acknowledged. The future itself is completed with it; {@code join()} wraps it once in a
 * {@link java.util.concurrent.CompletionException}, as Java does. {@link #outcome} says whether it may have been applied.
 */
public class OperationFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable OperationId id;
    private final Outcome outcome;

    public OperationFailedException(@Nullable OperationId id, Outcome outcome, String message) {
        super(message);
        this.id = id;
        this.outcome = outcome;
    }

    /** The write's identity, with which it can be repeated; empty for a read. */
    public Optional<OperationId> id() {
        return Optional.ofNullable(id);
    }

    /** What became of it. A read that failed is always {@link Outcome#NOT_APPLIED}. */
    public Outcome outcome() {
        return outcome;
    }
}
