package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.NotReadyException;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Role;
import io.kvgrid.WriteOptions;
import io.kvgrid.examples.demo.FreePorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who gets which role, and what happens to operations meanwhile. */
class RolesTest extends GridTest {
    @Test
    void firstNodeIsPrimaryLaterOnesAreSecondaries() {
        List<GridNode<String, String>> nodes = startThree();

        for (GridNode<String, String> node : nodes) {
            awaitInSync(node, "a", "b", "c");
            GridView view = node.view();
            assertThat(view.self()).isEqualTo(node.id());
            assertThat(view.primary()).contains(new NodeId("a"));
            assertThat(view.role()).isEqualTo(node.id().value().equals("a") ? Role.PRIMARY : Role.SECONDARY);
            assertThat(view.epoch()).isEqualTo(1);
        }
    }

    @Test
    void nodeWithoutSettingsIsItsOwnGrid() {
        GridNode<String, String> node =
                startReady(GridNode.builder(GRID, String.class, String.class).dataRoot(directory));

        OperationAck ack = join(node.insert("k", "v"));

        assertThat(join(node.get("k"))).contains("v");
        assertThat(ack.version()).isPositive();
        assertThat(node.address()).isEmpty();
        assertThat(node.view().role()).isEqualTo(Role.PRIMARY);
        NodeId chosen = node.id();
        node.close();
        GridNode<String, String> again =
                startReady(GridNode.builder(GRID, String.class, String.class).dataRoot(directory));
        assertThat(again.id()).as("the id that it chose is kept").isEqualTo(chosen);
        assertThat(join(again.get("k"))).contains("v");
    }

    @Test
    void operationsWaitForTheRoleAndThenRunInOrder() {
        int port = FreePorts.find(1)[0];
        GridNode<String, String> early =
                start(asMember(GridNode.builder(GRID, String.class, String.class), "b", "127.0.0.1:" + port));
        List<CompletableFuture<OperationAck>> writes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            writes.add(early.insert("k", "v" + i, PATIENT));
        }
        assertThat(early.view().role()).isEqualTo(Role.JOINING);
        assertThat(writes).noneMatch(CompletableFuture::isDone);

        startReady(host("a", port));

        List<Long> versions =
                writes.stream().map(write -> join(write).version()).toList();
        assertThat(versions).isSorted().doesNotHaveDuplicates();
        assertThat(join(early.get("k"))).contains("v99");
    }

    @Test
    void operationsSentToTheFirstNodeBeforeItsRoleRunInOrder() {
        GridNode<String, String> node = start(host("a"));
        List<CompletableFuture<OperationAck>> writes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            writes.add(node.insert("k", "v" + i));
        }
        CompletableFuture<?> last =
                node.get("k").thenAccept(found -> assertThat(found).contains("v99"));

        assertThat(writes.stream().map(write -> join(write).version()).toList())
                .isSorted()
                .doesNotHaveDuplicates();
        join(last);
    }

    @Test
    void operationsFailByTheirDeadlineIfNoRoleComes() {
        int nobody = FreePorts.find(1)[0];
        GridNode<String, String> lonely =
                start(asMember(GridNode.builder(GRID, String.class, String.class), "b", "127.0.0.1:" + nobody));
        long start = System.nanoTime();

        CompletableFuture<?> shortWrite = lonely.insert("k", "v", WriteOptions.DEFAULT.timeout(Duration.ofMillis(200)));
        CompletableFuture<?> write = lonely.insert("k", "v");
        CompletableFuture<?> read = lonely.get("k");
        CompletableFuture<?> atLeast = lonely.get("k", ReadConsistency.atLeast(1));

        assertThat(operationFailureOf(lonely.get("k", ReadConsistency.LOCAL))).isInstanceOf(NotReadyException.class);
        OperationFailedException first = operationFailureOf(shortWrite);
        assertThat(first).isInstanceOf(OperationTimeoutException.class);
        assertThat(first.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(millisSince(start)).isBetween(190L, 900L);
        for (CompletableFuture<?> operation : List.of(write, read, atLeast)) {
            OperationFailedException failure = operationFailureOf(operation);
            assertThat(failure).isInstanceOf(OperationTimeoutException.class);
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        }
        assertThat(millisSince(start)).isBetween(990L, 2000L);
        assertThat(lonely.ready()).isNotDone();
    }

    @Test
    void hostOfTheArbiterRestartsAndTheGridGoesOn() {
        List<GridNode<String, String>> nodes = startThree();
        GridNode<String, String> a = nodes.get(0);
        GridNode<String, String> b = nodes.get(1);
        GridNode<String, String> c = nodes.get(2);
        join(b.insert("before", "1"));
        int port = portOf(a);
        a.close();
        CompletableFuture<OperationAck> meanwhile = b.insert("meanwhile", "2", PATIENT);

        GridNode<String, String> again = startReady(host("a", port));

        join(meanwhile);
        join(c.insert("after", "3", PATIENT));
        for (GridNode<String, String> node : List.of(again, b, c)) {
            awaitInSync(node, "a", "b", "c");
            assertThat(readAll(node, List.of("before", "meanwhile", "after"))).containsExactly("1", "2", "3");
            assertThat(node.view().epoch())
                    .as("the role was handed over when its node closed")
                    .isEqualTo(2);
        }
        assertThat(again.view().role()).isEqualTo(Role.SECONDARY);
    }

    @Test
    void roleIsHandedOverUnderLoadWithoutAFailedWrite() {
        List<GridNode<String, String>> nodes = startThree();
        Load load = Load.on(nodes, PATIENT).more(100);

        join(nodes.get(0).handOver());

        assertThat(nodes.get(0).view().role()).isNotEqualTo(Role.PRIMARY);
        load.more(100).stop();
        assertThat(load.failures()).isEmpty();
        for (GridNode<String, String> node : nodes) {
            awaitView(node, view -> view.epoch() == 2 && view.inSync().size() == 3);
        }
        join(nodes.get(0).handOver()); // it is not primary: nothing to do
        load.assertKeptBy(nodes);
    }

    @Test
    void nobodyTakesTheRoleOfANodeThatIsAlone() {
        GridNode<String, String> a = startReady(host("a"));

        assertThat(failureOf(a.handOver()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in sync");
        join(a.insert("k", "v"));
    }

    @Test
    void withoutLeasesEveryNodeHasItsReadsConfirmed() {
        GridNode<String, String> a = startReady(host("a").leasedReads(false));
        GridNode<String, String> b = startReady(member("b", a).leasedReads(false));
        awaitInSync(a, "a", "b");

        join(b.insert("k", "v", PATIENT));

        assertThat(join(a.get("k"))).contains("v");
        assertThat(join(b.get("k"))).contains("v");
    }

    private static long millisSince(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
    }
}
