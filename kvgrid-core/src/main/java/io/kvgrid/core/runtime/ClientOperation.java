package io.kvgrid.core.runtime;

import io.kvgrid.OperationId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client of this node asked for, and until when. Made by the caller, then handed to the loop, which alone uses it
 * until it is settled; at last {@link #run} completes the caller's future, on the callback executor.
 */
public abstract class ClientOperation implements Runnable {
    private final long deadlineNanos;
    private boolean handedOver;
    private boolean settled;

    // links of the deadline wheel, which keeps its operations without allocating
    @Nullable
    ClientOperation wheelNext;

    @Nullable
    ClientOperation wheelPrevious;

    int wheelSlot = DeadlineWheel.NONE;

    ClientOperation(long deadlineNanos) {
        this.deadlineNanos = deadlineNanos;
    }

    /** When it ends at the latest, in the loop's time. */
    public final long deadlineNanos() {
        return deadlineNanos;
    }

    /** The operation's identity if the caller named it: an earlier attempt may be under way then (P19). */
    Optional<OperationId> repeated() {
        return Optional.empty();
    }

    /** How much of the limit on bytes under way it takes. */
    abstract int bytes();

    /** Fails the caller's future at once, on the calling thread: the operation has not been handed to anyone yet. */
    abstract void reject(RuntimeException failure);

    /** Whether the replica has it: from then on its fate may be unknown. */
    final boolean isHandedOver() {
        return handedOver;
    }

    final void markHandedOver() {
        handedOver = true;
    }

    /** True for the first caller only. */
    final boolean settle() {
        boolean first = !settled;
        settled = true;
        return first;
    }

    final boolean isSettled() {
        return settled;
    }
}
