package io.kvgrid.core.node;

import io.kvgrid.NodeId;
import io.kvgrid.core.runtime.MemberRuntime;
import io.kvgrid.core.runtime.ThreadLoop;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.transport.Transport;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node has opened, closed in the order in which the parts need each other: the member leaves the grid, its data is
 * forced, the Arbiter goes last of those who talk to peers, then connections, loop and callbacks end.
 */
final class NodeResources implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeResources.class);
    private static final long MEMBER_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** How long a store may take to force what it has; a disk that hangs takes for ever. */
    private static final long STORE_MILLIS = 3_000;
    /** How long the others may take to remove this node. */
    private static final long REMOVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private @Nullable Persistence persistence;
    private volatile @Nullable ThreadLoop loop; // read without the lock, which the one that waits for it may hold
    private @Nullable Transport transport;
    private @Nullable CallbackPool callbacks;
    private @Nullable ArbiterParts arbiter;
    private @Nullable MemberRuntime member;
    private @Nullable NodeId node;

    synchronized void persistence(Persistence opened) {
        persistence = opened;
    }

    synchronized void loop(ThreadLoop opened) {
        loop = opened;
    }

    synchronized void transport(Transport opened) {
        transport = opened;
    }

    synchronized ExecutorService callbacks(CallbackPool opened) {
        callbacks = opened;
        return opened.executor();
    }

    synchronized void arbiter(ArbiterParts opened) {
        arbiter = opened;
    }

    synchronized void member(MemberRuntime listening, NodeId id) {
        member = listening;
        node = id;
    }

    /**
     * Closes all of it. Blocks for a few seconds at most, whatever the disk, the application's callbacks or an interrupt
     * do. Idempotent. On the loop's own thread, where an application's executor may have brought it, it cannot wait for
     * the loop: another thread does it then.
     */
    @Override
    public void close() {
        if (isOnLoop()) {
            startDaemon("kvgrid-close", this::closeAll);
            return;
        }
        boolean interrupted = Thread.interrupted(); // or no part would be waited for
        try {
            closeAll();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isOnLoop() {
        ThreadLoop running = loop;
        return running != null && running.isCurrentThread();
    }

    private synchronized void closeAll() {
        if (member != null) {
            awaitEnd(member);
        }
        closeStore("persistence", persistence);
        if (arbiter != null && node != null) {
            arbiter.awaitRemoval(node, REMOVAL_NANOS);
        }
        closeStore("Arbiter", arbiter);
        close("transport", transport);
        close("loop", loop);
        close("callbacks", callbacks);
        persistence = null;
        arbiter = null;
        transport = null;
        loop = null;
        callbacks = null;
        member = null;
    }

    private static void awaitEnd(MemberRuntime member) {
        try {
            member.close(MEMBER_NANOS)
                    .toCompletableFuture()
                    .orTimeout(2 * MEMBER_NANOS, TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof TimeoutException)) {
                throw e;
            }
            log.warn("the member does not end; its node is closed without it");
        }
    }

    private static void closeStore(String what, @Nullable AutoCloseable store) {
        if (store == null) {
            return;
        }
        Thread closer = startDaemon("kvgrid-close-" + what, () -> close(what, store));
        try {
            closer.join(STORE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (closer.isAlive()) {
            log.warn("closing the {} takes long; it goes on, and its directory stays taken until it has ended", what);
        }
    }

    private static Thread startDaemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void close(String what, @Nullable AutoCloseable part) {
        if (part == null) {
            return;
        }
        try {
            part.close();
        } catch (Exception e) { // the others must still be closed
            log.warn("closing the {} failed", what, e);
        }
    }
}
