package io.kvgrid.core.runtime;

import io.kvgrid.OperationId;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The ids of this run's writes (P19). The grid forgets a client that has not written for long; so that it never forgets
 * one that is still in use, this node goes on as another client after half that time without a write, and at once if it was
 * forgotten all the same. An earlier client's ids can be repeated like those of any other node. Used by the loop only.
 */
final class OperationIds {
    /** Half of what the grid's table of operations takes for long. */
    static final long IDLE_NANOS = 300_000_000_000L;

    private final Loop loop;
    private final RandomGenerator random;
    private UUID clientId;
    private OperationNumbers numbers = new OperationNumbers();
    private long lastNanos;

    /** @param bootId this run of the node, its first client id */
    OperationIds(UUID bootId, Loop loop, RandomGenerator random) {
        this.clientId = bootId;
        this.loop = loop;
        this.random = random;
        lastNanos = loop.nanoTime();
    }

    /** An id never given before. */
    OperationId next() {
        long now = loop.nanoTime();
        if (now - lastNanos >= IDLE_NANOS) {
            beginAnew();
        }
        lastNanos = now;
        return new OperationId(clientId, numbers.next());
    }

    /** Whether {@link #next} may still give it: a write that names it now would be taken for that one. */
    boolean isYetToCome(OperationId id) {
        return isOwn(id) && !numbers.isIssued(id.number());
    }

    /** The lowest number of the client of {@code id} whose operation may still be sent again; 0 if others know. */
    long floor(OperationId id) {
        return isOwn(id) ? numbers.floor() : 0;
    }

    /** The operation ended, and it is known how. */
    void settle(OperationId id) {
        if (isOwn(id)) {
            numbers.settle(id.number());
        }
    }

    /** The grid refuses {@code id} as too old. If it is not below the floor, the grid does not know this client any more. */
    void refusedAsTooOld(OperationId id) {
        if (isOwn(id) && id.number() >= numbers.floor()) {
            beginAnew();
        }
    }

    private void beginAnew() {
        clientId = new UUID(random.nextLong(), random.nextLong());
        numbers = new OperationNumbers();
    }

    private boolean isOwn(OperationId id) {
        return id.clientId().equals(clientId);
    }
}
