package io.kvgrid.core.runtime;

import io.kvgrid.GridClosedException;
import io.kvgrid.Outcome;
import io.kvgrid.OverloadedException;
import org.jspecify.annotations.Nullable;

/**
 * Lets client operations in to the loop, or refuses them at once: when too much is under way (P42), and when the member
 * ends. Any thread.
 */
final class Admission {
    private final ReplicaLoop loop;
    private final InFlightLimit writeLimit;
    private final InFlightLimit readLimit;
    private volatile @Nullable String refusal;
    private volatile boolean ended;

    Admission(ReplicaLoop loop, InFlightLimit writeLimit, InFlightLimit readLimit) {
        this.loop = loop;
        this.writeLimit = writeLimit;
        this.readLimit = readLimit;
    }

    void write(WriteOperation operation) {
        submit(operation, writeLimit);
    }

    void read(ReadOperation operation) {
        submit(operation, readLimit);
    }

    private void submit(ClientOperation operation, InFlightLimit limit) {
        String why = refusal;
        if (why != null) {
            operation.reject(refused(operation, why));
            return;
        }
        if (!limit.tryAcquire(operation.bytes())) {
            String full = "too much is under way on this node: " + limit;
            operation.reject(Failures.refusedAtOnce(operation, new OverloadedException(null, full)));
            return;
        }
        loop.submit(operation);
        why = refusal;
        if (ended && why != null) {
            operation.reject(refused(operation, why)); // it may have come after the last look into the inbox
        }
    }

    private static GridClosedException refused(ClientOperation operation, String why) {
        Outcome outcome = operation.repeated().isPresent() ? Outcome.UNKNOWN : Outcome.NOT_APPLIED;
        return new GridClosedException(operation.repeated().orElse(null), outcome, why);
    }

    /** Lets nothing in from now on. What has been let in goes on. */
    void refuse(String reason) {
        refusal = reason;
    }

    /** What those are told that are refused; null while all may come in. */
    @Nullable
    String refusal() {
        return refusal;
    }

    /** The loop looks into its inbox once more, after this, and never again. Call {@link #refuse} first. */
    void end() {
        ended = true;
    }

    /** Whether nothing that was let in is open. */
    boolean isIdle() {
        return writeLimit.isEmpty() && readLimit.isEmpty();
    }
}
