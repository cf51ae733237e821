package io.kvgrid.core.runtime;

import io.kvgrid.Role;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.ReplicaStatus;
import java.util.function.Consumer;

/** Has this node leave the role of primary to another one (P13). Used by the loop. */
final class HandOver {
    private static final long POLL_NANOS = 2_000_000;

    private final Loop loop;
    private final ReplicaLoop replicaLoop;
    private final StatusBoard board;

    HandOver(Loop loop, ReplicaLoop replicaLoop, StatusBoard board) {
        this.loop = loop;
        this.replicaLoop = replicaLoop;
        this.board = board;
    }

    /** Calls {@code then} with whether this node is primary still: when it is not, cannot help it, or the limit has come. */
    void run(long limitNanos, Consumer<Boolean> then) {
        if (!mayLeave()) {
            then.accept(isPrimary());
            return;
        }
        replicaLoop.offer(new Input.HandOver());
        long deadline = loop.nanoTime() + limitNanos;
        loop.schedule(POLL_NANOS, () -> await(deadline, then));
    }

    /** A primary that serves has given up to hand over: nobody is there. */
    private void await(long deadline, Consumer<Boolean> then) {
        if (isPrimary() && !replicaLoop.isServing() && loop.nanoTime() - deadline < 0) {
            loop.schedule(POLL_NANOS, () -> await(deadline, then));
        } else {
            then.accept(isPrimary());
        }
    }

    private boolean isPrimary() {
        return board.status().role() == Role.PRIMARY;
    }

    private boolean mayLeave() {
        ReplicaStatus status = board.status();
        return isPrimary()
                && status.config().map(config -> config.members().size() > 1).orElse(false);
    }
}
