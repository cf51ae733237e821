package io.kvgrid.core.node;

import io.kvgrid.ArbiterChoice;
import io.kvgrid.NodeId;
import io.kvgrid.core.EmbeddedArbiter;
import io.kvgrid.core.arbiter.ArbiterHost;
import io.kvgrid.core.arbiter.RemoteArbiter;
import io.kvgrid.core.arbiter.StoredArbiter;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.runtime.Loop;
import io.kvgrid.core.runtime.MemberRuntime;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.persistence.InMemoryPersistence;
import io.kvgrid.spi.persistence.Persistence;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Arbiter that a node was told to use, and its side of the conversation with those who host it or ask it. */
final class ArbiterParts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ArbiterParts.class);
    private static final long LOOK_NANOS = 10_000_000;

    private final Arbiter arbiter;
    /** Whether it may have a vote in this process. */
    private final boolean mayVote;

    private ArbiterParts(Arbiter arbiter, boolean mayVote) {
        this.arbiter = arbiter;
        this.mayVote = mayVote;
    }

    /** The address of the host, if it is another node. */
    static Optional<InetSocketAddress> remoteHost(Optional<ArbiterChoice> choice) {
        return choice.flatMap(c -> c instanceof EmbeddedArbiter embedded ? embedded.host() : Optional.empty());
    }

    /** Whether this node answers Arbiter calls of others. */
    static boolean isHosted(Optional<ArbiterChoice> choice) {
        return choice.isPresent()
                && choice.get() instanceof EmbeddedArbiter embedded
                && embedded.host().isEmpty();
    }

    /**
     * Opens the Arbiter. One that lives here is opened from its file; a grid of one has one too.
     *
     * @param files makes a persistence in a directory
     * @param data what the node itself stores in: memory for both, or for none
     */
    static ArbiterParts open(
            Optional<ArbiterChoice> choice,
            Path defaultDirectory,
            Function<Path, Persistence> files,
            Persistence data,
            Loop loop,
            MemberRuntime member) {
        if (choice.isPresent() && choice.get() instanceof ArbiterChoice.Given given) {
            return new ArbiterParts(given.opener().get(), true);
        }
        if (remoteHost(choice).isPresent()) {
            RemoteArbiter remote = new RemoteArbiter(loop, member::sendToArbiterHost);
            member.onArbiterMessage((from, message) -> {
                if (message instanceof Message.ArbiterReply reply) {
                    remote.onReply(reply);
                }
            });
            return new ArbiterParts(remote, false);
        }
        Path directory = choice.flatMap(c -> ((EmbeddedArbiter) c).directory()).orElse(defaultDirectory);
        Persistence store = data instanceof InMemoryPersistence ? InMemoryPersistence.create() : files.apply(directory);
        StoredArbiter stored = StoredArbiter.open(store);
        ArbiterHost host = new ArbiterHost(stored);
        member.onArbiterMessage((from, message) -> {
            if (message instanceof Message.ArbiterRequest request) {
                host.onRequest(request, reply -> member.sendArbiterReply(from, reply));
            }
        });
        return new ArbiterParts(stored, false);
    }

    Arbiter arbiter() {
        return arbiter;
    }

    /**
     * Waits until the Arbiter names {@code left}, which has taken its leave, in the in-sync set no more: until then the primary
     * acknowledges nothing, and where another voter has just come back this process's vote is needed for it. Returns at
     * once if nobody will remove it, and when the Arbiter does not answer.
     */
    void awaitRemoval(NodeId left, long limitNanos) {
        long endNanos = System.nanoTime() + limitNanos;
        try {
            while (mayVote && isBeingRemoved(left, endNanos - System.nanoTime())) {
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } catch (ExecutionException | TimeoutException e) {
            log.debug("whether {} has been removed is not known", left, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isBeingRemoved(NodeId left, long limitNanos)
            throws ExecutionException, TimeoutException, InterruptedException {
        return arbiter.read()
                .toCompletableFuture()
                .get(limitNanos, TimeUnit.NANOSECONDS)
                .filter(config -> config.contains(left)
                        && !config.primary().equals(left)
                        && config.members().size() > config.minInSync())
                .isPresent();
    }

    @Override
    public void close() {
        arbiter.close();
    }
}
