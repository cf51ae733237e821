package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.OperationAck;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/** One order for all: readers never go back, and all nodes end with the same content. */
class OrderTest extends GridTest {
    private static final int KEYS = 8;
    private static final int WRITES_PER_WRITER = 200;
    private static final int WRITERS_PER_NODE = 2;

    /** By key, the newest version that was acknowledged to anyone. */
    private final AtomicLongArray acknowledged = new AtomicLongArray(KEYS);
    /** Which value each version stands for; one value each. */
    private final Map<Long, String> written = new ConcurrentHashMap<>();

    @Test
    void noReaderSeesAnOlderValueAfterANewerOneAndAllNodesSettle() {
        List<GridNode<String, String>> nodes = startThree();
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(2 * nodes.size());
        closedAfterTest(readers::shutdownNow);
        List<Future<Long>> reads = new ArrayList<>();
        for (GridNode<String, String> node : nodes) {
            reads.add(readers.submit(() -> read(node, ReadConsistency.LOCAL, done)));
            reads.add(readers.submit(() -> read(node, ReadConsistency.LINEARIZABLE, done)));
        }

        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (GridNode<String, String> node : nodes) {
            for (int i = 0; i < WRITERS_PER_NODE; i++) {
                writers.add(write(node, node.id() + "/" + i, 0));
            }
        }
        writers.forEach(GridTest::join);
        done.set(true);

        assertThat(reads).allSatisfy(count -> assertThat(join(count)).isPositive());
        assertThat(written).hasSize(nodes.size() * WRITERS_PER_NODE * WRITES_PER_WRITER);
        for (int key = 0; key < KEYS; key++) {
            long newest = acknowledged.get(key);
            for (GridNode<String, String> node : nodes) {
                assertThat(join(node.getVersioned("k" + key, ReadConsistency.LINEARIZABLE)))
                        .as("k%d on %s", key, node.id())
                        .isEqualTo(Optional.of(new Versioned<>(String.valueOf(written.get(newest)), newest)));
            }
        }
    }

    private CompletableFuture<Void> write(GridNode<String, String> node, String writer, int number) {
        if (number == WRITES_PER_WRITER) {
            return CompletableFuture.completedFuture(null);
        }
        int key = Math.floorMod(number + writer.hashCode(), KEYS);
        String value = writer + "/" + number;
        return node.insert("k" + key, value, PATIENT).thenCompose(ack -> {
            acknowledged(key, value, ack);
            return write(node, writer, number + 1);
        });
    }

    private void acknowledged(int key, String value, OperationAck ack) {
        assertThat(written.put(ack.version(), value))
                .as("two writes with one version")
                .isNull();
        acknowledged.accumulateAndGet(key, ack.version(), Math::max);
    }

    /** Reads all keys in turn until the writers are done; gives the number of values seen. */
    private long read(GridNode<String, String> node, ReadConsistency consistency, AtomicBoolean done) {
        long[] newest = new long[KEYS];
        long values = 0;
        while (!done.get()) {
            for (int key = 0; key < KEYS; key++) {
                long acknowledgedBefore = acknowledged.get(key);
                long version = join(node.getVersioned("k" + key, consistency))
                        .map(Versioned::version)
                        .orElse(0L);
                assertThat(version)
                        .as("k%d on %s, %s, went back", key, node.id(), consistency)
                        .isGreaterThanOrEqualTo(newest[key]);
                if (consistency.equals(ReadConsistency.LINEARIZABLE)) {
                    assertThat(version)
                            .as("k%d on %s misses a write acknowledged before the read", key, node.id())
                            .isGreaterThanOrEqualTo(acknowledgedBefore);
                }
                newest[key] = version;
                values += version > 0 ? 1 : 0;
            }
        }
        return values;
    }
}
