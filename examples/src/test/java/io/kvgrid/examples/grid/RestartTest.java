package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationId;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Versioned;
import io.kvgrid.WriteOptions;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.RecoveryReport.LastRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes stop and start again on their files. */
class RestartTest extends GridTest {
    /** A grid whose nodes were all down waits for two of them. */
    @Override
    Duration lease() {
        return Duration.ofMillis(600);
    }

    @Test
    void nodeAloneKeepsEveryAcknowledgedWriteOverManyRestarts() {
        int port = 0;
        for (int run = 0; run < 5; run++) {
            GridNode<String, String> node = startReady(host("a", port));
            port = portOf(node);
            for (int before = 0; before < run; before++) {
                assertThat(join(node.get("k" + before))).contains("v" + before);
                assertThat(join(node.get("gone" + before))).isEmpty();
            }
            join(node.insert("k" + run, "v" + run));
            join(node.insert("gone" + run, "x"));
            join(node.remove("gone" + run));
            assertThat(node.view().entries()).isEqualTo(run + 1);
            assertThat(node.view().epoch()).isEqualTo(run + 1);
            RecoveryReport recovery = node.view().recovery().orElseThrow();
            assertThat(recovery.lastRun()).isEqualTo(run == 0 ? LastRun.NONE : LastRun.CLOSED);
            assertThat(recovery.entries() + recovery.records()).isGreaterThanOrEqualTo(3L * run);
            node.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void oneOfThreeRestartsUnderLoad(int restarted) {
        List<GridNode<String, String>> nodes = new ArrayList<>(startThree());
        List<GridNode<String, String>> others = new ArrayList<>(nodes);
        others.remove(restarted);
        Load load = Load.on(others, PATIENT).more(200);
        int port = portOf(nodes.get(0));
        nodes.get(restarted).close();

        nodes.set(
                restarted,
                startReady(restarted == 0 ? host("a", port) : member(restarted == 1 ? "b" : "c", nodes.get(0))));

        awaitInSync(nodes.get(0), "a", "b", "c");
        load.more(200).stop();
        assertThat(load.failures()).isEmpty();
        load.assertKeptBy(nodes);
    }

    @ParameterizedTest
    @CsvSource({"abc, abc", "cba, abc", "abc, cba", "bca, cab"})
    void allStopAndStartInAnyOrder(String stops, String starts) {
        Map<String, GridNode<String, String>> nodes = new HashMap<>();
        startThree().forEach(node -> nodes.put(node.id().value(), node));
        Load load = Load.on(List.copyOf(nodes.values()), PATIENT).more(500).stop();
        assertThat(load.failures()).isEmpty();
        int port = portOf(node(nodes, "a"));
        String host = node(nodes, "a").address();
        idsOf(stops).forEach(id -> node(nodes, id).close());

        for (String id : idsOf(starts)) {
            var builder = GridNode.builder(GRID, String.class, String.class);
            nodes.put(id, start(id.equals("a") ? asHost(builder, id, port) : asMember(builder, id, host)));
        }

        nodes.values().forEach(node -> join(node.ready()));
        load.assertKeptBy(List.copyOf(nodes.values()));
        awaitInSync(node(nodes, "a"), "a", "b", "c");
        long version = join(node(nodes, "c").insert("after", "all", PATIENT)).version();
        assertThat(nodes.values())
                .allSatisfy(node -> assertThat(join(node.get("after", ReadConsistency.atLeast(version))))
                        .contains("all"));
    }

    private static List<String> idsOf(String order) {
        return order.chars().mapToObj(Character::toString).toList();
    }

    private static GridNode<String, String> node(Map<String, GridNode<String, String>> nodes, String id) {
        GridNode<String, String> node = nodes.get(id);
        assertThat(node).isNotNull();
        return node == null ? nodes.values().iterator().next() : node;
    }

    @Test
    void versionsAndOperationIdsAreRemembered() {
        GridNode<String, String> node = startReady(host("a"));
        WriteOptions once = WriteOptions.DEFAULT.operationId(new OperationId(UUID.randomUUID(), 0));
        OperationAck ack = join(node.insert("k", "v", once));
        node.close();

        GridNode<String, String> again = startReady(host("a"));

        assertThat(join(again.getVersioned("k", ReadConsistency.LINEARIZABLE)))
                .contains(new Versioned<>("v", ack.version()));
        join(again.insert("k", "w", WriteOptions.DEFAULT.ifVersion(ack.version())));
        assertThat(join(again.insert("k", "v", once))).as("applied once, ever").isEqualTo(ack);
        assertThat(join(again.get("k"))).contains("w");
    }
}
