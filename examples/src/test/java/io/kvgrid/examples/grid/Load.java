package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.OperationAck;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Versioned;
import io.kvgrid.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writers that go on until they are stopped: each writes its own keys in turn, one write after the other, and remembers
 * the last acknowledged one of each. What was neither acknowledged nor surely not applied makes its key unsure.
 */
final class Load {
    private static final int WRITERS_PER_NODE = 4;
    private static final int KEYS_PER_WRITER = 50;

    /** One failed write, and how long it took. */
    record Failed(String node, Throwable why, long nanos) {}

    private static final AtomicLong LOADS = new AtomicLong();

    private record Mark(long count, CompletableFuture<Void> reached) {}

    private final WriteOptions options;
    private final List<CompletableFuture<Void>> writers = new ArrayList<>();
    private final Map<String, Versioned<String>> acknowledged = new ConcurrentHashMap<>();
    private final Queue<Failed> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong slowestNanos = new AtomicLong();
    private final Queue<Mark> marks = new ConcurrentLinkedQueue<>();
    private final Stalls stalls = Stalls.watch();
    private volatile boolean stopped;

    private Load(WriteOptions options) {
        this.options = options;
    }

    /** Begins to write on each of {@code nodes}. */
    static Load on(List<GridNode<String, String>> nodes, WriteOptions options) {
        Load load = new Load(options);
        String name = "load-" + LOADS.incrementAndGet();
        for (GridNode<String, String> node : nodes) {
            for (int i = 0; i < WRITERS_PER_NODE; i++) {
                CompletableFuture<Void> ended = new CompletableFuture<>();
                load.writers.add(ended);
                load.write(node, name + "-" + node.id() + "-" + i + "-", 0, ended);
            }
        }
        return load;
    }

    private void write(GridNode<String, String> node, String prefix, int number, CompletableFuture<Void> ended) {
        if (stopped) {
            ended.complete(null);
            return;
        }
        String key = prefix + number % KEYS_PER_WRITER;
        String value = "v" + number;
        long start = System.nanoTime();
        var unused = node.insert(key, value, options).whenComplete((ack, failure) -> {
            settled(node, key, value, ack, failure, System.nanoTime() - start);
            if (failure != null) {
                ended.complete(null); // its node may be gone; the others go on
            } else {
                write(node, prefix, number + 1, ended);
            }
        });
    }

    private void settled(
            GridNode<String, String> node,
            String key,
            String value,
            @Nullable OperationAck ack,
            @Nullable Throwable failure,
            long nanos) {
        slowestNanos.accumulateAndGet(nanos, Math::max);
        if (ack == null) {
            acknowledged.remove(key);
            failures.add(new Failed(node.id().value(), failure == null ? new AssertionError() : failure, nanos));
            return;
        }
        acknowledged.put(key, new Versioned<>(value, ack.version()));
        long now = count.incrementAndGet();
        marks.forEach(mark -> {
            if (now >= mark.count) {
                mark.reached.complete(null);
            }
        });
    }

    /** Waits for that many more acknowledgements. */
    Load more(int acknowledgements) {
        Mark mark = new Mark(count.get() + acknowledgements, new CompletableFuture<>());
        marks.add(mark);
        GridTest.join(mark.reached);
        return this;
    }

    /** Waits until all writers have ended because a write failed. */
    Load awaitEnd() {
        writers.forEach(GridTest::join);
        return this;
    }

    /** Ends all writers, and waits for what they have under way. */
    Load stop() {
        stopped = true;
        writers.forEach(GridTest::join);
        stalls.close();
        return this;
    }

    List<Failed> failures() {
        return List.copyOf(failures);
    }

    long acknowledgements() {
        return count.get();
    }

    /** Judged only if this machine gave threads their time meanwhile: without it no node can keep a deadline. */
    void assertNoneTookAsLongAsTheDefaultDeadline() {
        if (stalls.longestNanos() < 20_000_000) {
            assertThat(slowestNanos.get() / 1_000_000)
                    .as("milliseconds of the slowest")
                    .isLessThan(1000);
        }
    }

    /** Each key's last acknowledged write is what every one of {@code nodes} holds, by its own copy. */
    void assertKeptBy(List<GridNode<String, String>> nodes) {
        long last = acknowledged.values().stream()
                .mapToLong(Versioned::version)
                .max()
                .orElse(0);
        assertThat(acknowledged).isNotEmpty();
        for (GridNode<String, String> node : nodes) {
            acknowledged.forEach(
                    (key, written) -> assertThat(GridTest.join(node.getVersioned(key, ReadConsistency.atLeast(last))))
                            .as("%s on %s", key, node.id())
                            .isEqualTo(Optional.of(written)));
        }
    }
}
