package io.kvgrid;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A write was sent to a node that is not the primary, and forwarding is switched off. Not applied; send it to {@link #primary}. */
public final class NotPrimaryException extends OperationFailedException {
    private static final long serialVersionUID = 1L;
    private final transient @Nullable NodeId primary;

    public NotPrimaryException(@Nullable OperationId id, @Nullable NodeId primary) {
        super(
                id,
                Outcome.NOT_APPLIED,
                "this node is not the primary; it is " + (primary == null ? "unknown" : primary));
        this.primary = primary;
    }

    /** The primary, as far as this node knows. */
    public Optional<NodeId> primary() {
        return Optional.ofNullable(primary);
    }
}
