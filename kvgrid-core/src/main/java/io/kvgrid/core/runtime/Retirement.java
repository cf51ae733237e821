package io.kvgrid.core.runtime;

import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Has the primary count no longer on a node that will not come back (P17). */
final class Retirement {
    private static final long ASK_NANOS = 50_000_000;

    private final Loop loop;
    private final ReplicaLoop replicaLoop;
    private final StatusBoard board;

    Retirement(Loop loop, ReplicaLoop replicaLoop, StatusBoard board) {
        this.loop = loop;
        this.replicaLoop = replicaLoop;
        this.board = board;
    }

    /** Completes when the configuration says so; fails with an {@link IllegalStateException} that says why not. Any thread. */
    CompletionStage<Void> run(NodeId node, long limitNanos) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        long deadline = loop.nanoTime() + limitNanos;
        loop.execute(() -> ask(node, deadline, done));
        return done;
    }

    private void ask(NodeId node, long deadline, CompletableFuture<Void> done) {
        ReplicaStatus status = board.status();
        if (status.role() != Role.PRIMARY) {
            done.completeExceptionally(new IllegalStateException("only the primary retires a node: ask "
                    + status.config()
                            .map(config -> "'" + config.primary() + "'")
                            .orElse("it once it is known")));
        } else if (status.config().map(config -> isRetired(config, node)).orElse(false)) {
            done.complete(null);
        } else if (loop.nanoTime() - deadline >= 0) {
            done.completeExceptionally(new IllegalStateException("node '" + node
                    + "' was not retired: it must not be connected (close it first), minInSync nodes must be"
                    + " left if that was set, and the Arbiter must answer"));
        } else {
            replicaLoop.offer(new Input.Retire(node));
            loop.schedule(ASK_NANOS, () -> ask(node, deadline, done));
        }
    }

    private static boolean isRetired(GridConfig config, NodeId node) {
        return !config.contains(node)
                && (config.minInSyncFixed() || config.members().size() > 2 || config.minInSync() == 1);
    }
}
