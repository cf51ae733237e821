package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.GridView;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.WriteOptions;
import io.kvgrid.persistence.file.FilePersistence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A write is acknowledged, and readable, when every in-sync node has it on disk, and not a moment earlier (S1, P11). */
class AcknowledgedTest extends GridTest {
    private final List<ControlledPersistence> disks = new ArrayList<>();
    private final List<GridNode<String, String>> nodes = new ArrayList<>();

    @BeforeEach
    void startGrid() {
        GridNode<String, String> a = startReady(controlled("a", host("a")));
        nodes.add(a);
        nodes.add(startReady(controlled("b", member("b", a))));
        nodes.add(startReady(controlled("c", member("c", a))));
        awaitInSync(a, "a", "b", "c");
        join(a.insert("k", "old", PATIENT));
        nodes.forEach(node -> join(node.get("k")));
    }

    private GridNodeBuilder<String, String> controlled(String id, GridNodeBuilder<String, String> builder) {
        ControlledPersistence disk = new ControlledPersistence(FilePersistence.in(directory.resolve("disk-" + id)));
        disks.add(disk);
        return builder.persistence(disk);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void writeIsNeitherAcknowledgedNorReadableBeforeTheHeldDiskHasIt(int slow) {
        ControlledPersistence disk = disks.get(slow);
        disk.hold();
        CompletableFuture<OperationAck> onPrimary = nodes.get(0).insert("k", "new", PATIENT);
        CompletableFuture<OperationAck> forwarded = nodes.get(1).insert("other", "new", PATIENT);

        join(disk.holdsAppend());
        awaitAllButHeldHaveForced(slow, 2);

        assertThat(List.of(onPrimary, forwarded)).noneMatch(CompletableFuture::isDone);
        for (GridNode<String, String> node : nodes) {
            assertThat(node.peek("k")).isEqualTo("old");
            assertThat(node.peek("other")).isNull();
            // a linearizable read may wait, but must not show it
            assertThat(node.get("k").getNow(Optional.of("old"))).contains("old");
        }

        disk.release();

        long version = join(onPrimary).version();
        join(forwarded);
        assertThat(nodes.get(0).peek("k")).isEqualTo("new");
        assertThat(nodes.get(1).peek("other"))
                .as("a forwarded write is applied here before it is acknowledged here")
                .isEqualTo("new");
        for (GridNode<String, String> node : nodes) {
            assertThat(join(node.getVersioned("k", io.kvgrid.ReadConsistency.LINEARIZABLE)))
                    .hasValueSatisfying(found -> assertThat(found.version()).isEqualTo(version));
            assertThat(join(node.get("other"))).contains("new");
        }
    }

    /** Everyone else could acknowledge by now, so that only the held disk stands between the write and its end. */
    private void awaitAllButHeldHaveForced(int held, long writes) {
        GridNode<String, String> primary = nodes.get(0);
        long last = primary.view().commitLsn() + writes;
        await().until(() -> primary.view().replicas().stream()
                .filter(replica -> !replica.id().equals(nodes.get(held).id()))
                .allMatch(replica -> replica.flushedLsn() >= last));
        assertThat(primary.view().replicas()).hasSize(2).allMatch(GridView.Replica::inSync);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void writeThatIsHeldBackEndsUnknownAtItsDeadline(int slow) {
        disks.get(slow).hold();
        GridNode<String, String> node = nodes.get(0);
        WriteOptions options = WriteOptions.DEFAULT;
        long lateMillis = Long.MAX_VALUE;
        // the machine may be busy, which no node can help: one of three in time is enough, but none may be early
        for (int attempt = 0; attempt < 3 && lateMillis > 100; attempt++) {
            long start = System.nanoTime();
            CompletableFuture<OperationAck> write = node.insert("k", "new", options);
            CompletableFuture<Long> end = write.handle((ack, failure) -> System.nanoTime() - start);

            OperationFailedException failure = operationFailureOf(write);

            assertThat(failure).isInstanceOf(OperationTimeoutException.class);
            assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
            long millis = join(end) / 1_000_000;
            assertThat(millis).isGreaterThanOrEqualTo(990);
            lateMillis = millis - 1000;
            options = WriteOptions.DEFAULT.operationId(failure.id().orElseThrow());
        }
        assertThat(lateMillis).isLessThanOrEqualTo(100);

        disks.get(slow).release();

        OperationAck repeated = join(node.insert("k", "new", options.timeout(Duration.ofSeconds(10))));
        assertThat(join(node.get("k"))).contains("new");
        assertThat(join(node.insert("k", "new", options))).isEqualTo(repeated);
    }

    @Test
    void removalIsNotSeenBeforeItIsAcknowledged() {
        disks.get(2).hold();
        CompletableFuture<OperationAck> removal = nodes.get(1).remove("k", PATIENT);
        join(disks.get(2).holdsAppend());
        awaitAllButHeldHaveForced(2, 1);

        assertThat(removal).isNotDone();
        assertThat(nodes).allSatisfy(node -> assertThat(node.peek("k")).isEqualTo("old"));

        disks.get(2).release();

        join(removal);
        assertThat(nodes.get(1).peek("k")).isNull();
        assertThat(nodes).allSatisfy(node -> assertThat(join(node.get("k"))).isEmpty());
    }
}
