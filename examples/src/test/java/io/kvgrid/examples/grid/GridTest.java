package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kvgrid.GridMap;
import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.OperationFailedException;
import io.kvgrid.WriteOptions;
import io.kvgrid.core.EmbeddedArbiter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts real nodes and ends them; after each test no thread of theirs may be left. Nodes listen on ports that the system
 * chooses, and keep their data in a directory of the test.
 */
@Timeout(60)
abstract class GridTest {
    static final String GRID = "grid";
    /** An operation that may take its time: the test is not about deadlines. */
    static final WriteOptions PATIENT = WriteOptions.DEFAULT.timeout(Duration.ofSeconds(20));

    /** So long that a busy machine has nobody removed; those that are to be removed say so. */
    static final Duration LONG_LEASE = Duration.ofSeconds(3);

    static final Duration DEFAULT_LEASE = Duration.ofMillis(600);
    private static final long LIMIT_SECONDS = 20;

    @TempDir
    Path directory;

    private final List<AutoCloseable> started = new ArrayList<>();

    @AfterEach
    final void closeAllAndLookForThreads() throws Exception {
        List<AutoCloseable> all = new ArrayList<>(started);
        for (int last = all.size() - 1; last >= 0; last--) { // the Arbiter's host was first
            all.get(last).close();
        }
        assertNoThreadIsLeft();
    }

    // ---- nodes

    /** Of all nodes that do not say otherwise. */
    Duration lease() {
        return LONG_LEASE;
    }

    /** The first node of a grid, which hosts its Arbiter. */
    GridNodeBuilder<String, String> host(String id) {
        return host(id, 0);
    }

    /** The same, on the port that it had before. */
    GridNodeBuilder<String, String> host(String id, int port) {
        return asHost(GridNode.builder(GRID, String.class, String.class), id, port);
    }

    /** A further node of the grid of {@code host}. */
    GridNodeBuilder<String, String> member(String id, GridNode<?, ?> host) {
        return asMember(GridNode.builder(GRID, String.class, String.class), id, host.address());
    }

    <K, V> GridNodeBuilder<K, V> asHost(GridNodeBuilder<K, V> builder, String id, int port) {
        return builder.nodeId(id)
                .listen("127.0.0.1", port)
                .arbiter(EmbeddedArbiter.hosted())
                .lease(lease())
                .dataRoot(directory);
    }

    <K, V> GridNodeBuilder<K, V> asMember(GridNodeBuilder<K, V> builder, String id, String hostAddress) {
        return builder.nodeId(id)
                .listen("127.0.0.1", 0)
                .peers(hostAddress)
                .arbiter(EmbeddedArbiter.at(hostAddress))
                .lease(lease())
                .dataRoot(directory);
    }

    /** Starts a node, and closes it after the test. */
    <K, V> GridNode<K, V> start(GridNodeBuilder<K, V> builder) {
        return closedAfterTest(builder.start());
    }

    /** Starts a node and waits until it serves. */
    <K, V> GridNode<K, V> startReady(GridNodeBuilder<K, V> builder) {
        GridNode<K, V> node = start(builder);
        join(node.ready());
        return node;
    }

    /** A grid of {@code a}, the primary and host of the Arbiter, {@code b} and {@code c}, all in sync. */
    List<GridNode<String, String>> startThree() {
        GridNode<String, String> a = startReady(host("a"));
        GridNode<String, String> b = startReady(member("b", a));
        GridNode<String, String> c = startReady(member("c", a));
        awaitInSync(a, "a", "b", "c");
        return List.of(a, b, c);
    }

    <T extends AutoCloseable> T closedAfterTest(T resource) {
        started.add(resource);
        return resource;
    }

    static int portOf(GridNode<?, ?> node) {
        String address = node.address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    // ---- waiting

    /** The future's value; its failure is the test's. */
    static <T> T join(Future<T> future) {
        try {
            return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("not complete within " + LIMIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** What the future itself was completed with; success fails the test. */
    static Throwable failureOf(Future<?> future) {
        try {
            return fail("succeeded with " + future.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return cause == null ? e : cause;
        } catch (TimeoutException e) {
            throw new AssertionError("not complete within " + LIMIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** How an operation failed. */
    static OperationFailedException operationFailureOf(Future<?> future) {
        Throwable failure = failureOf(future);
        assertThat(failure).isInstanceOf(OperationFailedException.class);
        return (OperationFailedException) failure;
    }

    /** The first view of {@code node}, from now on, that {@code isWanted}. */
    static GridView awaitView(GridNode<?, ?> node, Predicate<GridView> isWanted) {
        CompletableFuture<GridView> found = new CompletableFuture<>();
        node.addListener(view -> {
            if (isWanted.test(view)) {
                found.complete(view);
            }
        });
        try {
            return found.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("the view stays " + node.view(), e);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static void awaitInSync(GridNode<?, ?> node, String... ids) {
        Set<NodeId> wanted = Stream.of(ids).map(NodeId::new).collect(Collectors.toCollection(TreeSet::new));
        awaitView(node, view -> view.inSync().equals(wanted));
    }

    /** What {@code map} holds, of these keys. */
    static <K, V> List<V> readAll(GridMap<K, V> map, List<K> keys) {
        return keys.stream()
                .map(key ->
                        join(map.get(key)).orElseThrow(() -> new AssertionError("key " + key + " is not on " + map)))
                .toList();
    }

    // ---- threads

    /** Those of nodes are named {@code kvgrid-<node>-<what>}. */
    static void assertNoThreadIsLeft() throws InterruptedException {
        assertNoThreadIsLeft("kvgrid-");
    }

    /** The last thing that a thread does is to say that it is done: it may take a moment to be gone. */
    static void assertNoThreadIsLeft(String prefix) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        for (Thread thread : threads(prefix)) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
        List<String> left = threads(prefix).stream()
                .map(thread -> thread.getName() + "\n    at "
                        + Arrays.stream(thread.getStackTrace())
                                .map(StackTraceElement::toString)
                                .collect(Collectors.joining("\n    at ")))
                .toList();
        assertThat(left).as("threads that nodes left behind").isEmpty();
    }

    private static List<Thread> threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .toList();
    }
}
