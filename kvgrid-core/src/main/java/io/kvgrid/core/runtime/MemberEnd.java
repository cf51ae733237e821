package io.kvgrid.core.runtime;

import io.kvgrid.DamagedDataException;
import io.kvgrid.GridStartException;
import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.spi.persistence.CorruptLogException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a member ends: by {@link #close}, which waits for what is open and takes leave, or by {@link #fail}, at once (P43).
 * Either way every operation ends, and says how, and {@link #ready} is settled.
 */
final class MemberEnd {
    private static final Logger log = LoggerFactory.getLogger(MemberEnd.class);
    private static final String CLOSED = "this node is closed";
    private static final long POLL_NANOS = 2_000_000;
    /** How long a secondary that closes may take to say so. */
    private static final long LEAVE_NANOS = 50 * POLL_NANOS;

    private final NodeId nodeId;
    private final GuardedLoop loop;
    /** The loop itself: goes on when the guarded one stops. */
    private final Loop bareLoop;

    private final LocalReads localReads;
    private final StatusBoard board;
    private final PendingWrites writes;
    private final PendingReads reads;
    private final Callbacks callbacks;
    private final ReplicaLoop replicaLoop;
    private final Admission admission;
    private final HandOver handOver;

    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile boolean ended;

    MemberEnd(
            NodeId nodeId,
            GuardedLoop loop,
            Loop bareLoop,
            LocalReads localReads,
            StatusBoard board,
            PendingWrites writes,
            PendingReads reads,
            Callbacks callbacks,
            ReplicaLoop replicaLoop,
            Admission admission) {
        this.nodeId = nodeId;
        this.loop = loop;
        this.bareLoop = bareLoop;
        this.localReads = localReads;
        this.board = board;
        this.writes = writes;
        this.reads = reads;
        this.callbacks = callbacks;
        this.replicaLoop = replicaLoop;
        this.admission = admission;
        handOver = new HandOver(bareLoop, replicaLoop, board);
        board.addListener(this::completeReady);
    }

    /** Completes when the member has its role; fails if it ends before. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    private void completeReady(ReplicaStatus status) {
        if (status.role() == Role.PRIMARY || status.role() == Role.SECONDARY) {
            ready.complete(null);
        }
    }

    /** Leaves the role of primary to another node, and goes on. Any thread. */
    CompletionStage<Void> handOver(long limitNanos) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        bareLoop.execute(() -> handOver.run(limitNanos, stillPrimary -> {
            if (stillPrimary) {
                left.completeExceptionally(
                        new IllegalStateException(
                                "no other node could take the role of primary: one must be in sync, and the Arbiter must answer"));
            } else {
                left.complete(null);
            }
        }));
        return left;
    }

    /** Takes nothing new, waits for what is open but at most that long, takes leave, and ends. Any thread. */
    CompletionStage<Void> close(long limitNanos) {
        if (closing.compareAndSet(false, true)) {
            long deadline = loop.nanoTime() + limitNanos;
            if (admission.refusal() == null) {
                admission.refuse(CLOSED);
            }
            bareLoop.execute(() -> awaitOperations(deadline));
        }
        return closed;
    }

    private void awaitOperations(long deadline) {
        if (isRunning() && !admission.isIdle() && loop.nanoTime() - deadline < 0) {
            bareLoop.schedule(POLL_NANOS, () -> awaitOperations(deadline));
            return;
        }
        if (isRunning()) {
            handOver.run(Math.max(0, deadline - loop.nanoTime()), stillPrimary -> leave());
        } else {
            leave();
        }
    }

    private void leave() {
        // before the replica gives its role up, which would end them with another word
        writes.failAll(CLOSED);
        reads.failAll(CLOSED);
        replicaLoop.offer(new Input.Closing());
        bareLoop.execute(() -> awaitLeave(loop.nanoTime() + LEAVE_NANOS));
    }

    private void awaitLeave(long deadline) {
        if (isRunning() && board.status().role() != Role.CLOSED && loop.nanoTime() - deadline < 0) {
            bareLoop.schedule(POLL_NANOS, () -> awaitLeave(deadline));
            return;
        }
        if (!ended) {
            end(Role.CLOSED, CLOSED, new GridStartException("the node was closed before it was ready"));
        }
        closed.complete(null);
    }

    /** Whether there is a replica that goes on. */
    private boolean isRunning() {
        return replicaLoop.hasBegun() && !ended;
    }

    /** Stops the member at once: no more acknowledgements, no authority (P43). Any thread. */
    void fail(Throwable cause) {
        if (!failed.compareAndSet(false, true)) {
            return;
        }
        loop.stop();
        localReads.publish(null);
        String reason = "this node has stopped: " + cause.getMessage();
        admission.refuse(reason);
        log.error("node '{}' stops", nodeId, cause);
        bareLoop.execute(() -> end(Role.FAILED, reason, startFailure(cause)));
    }

    private void end(Role role, String reason, GridStartException unready) {
        if (ended) {
            return;
        }
        loop.stop();
        localReads.publish(null);
        ended = true;
        admission.end(); // first: who submits from here on sees it
        while (replicaLoop.takeOperations()) {
            // all that was submitted before
        }
        writes.failAll(reason);
        reads.failAll(reason);
        callbacks.flush();
        board.end(role);
        ready.completeExceptionally(unready);
    }

    private static GridStartException startFailure(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return cause instanceof CorruptLogException
                ? new DamagedDataException(message, cause)
                : new GridStartException(message, cause);
    }
}
