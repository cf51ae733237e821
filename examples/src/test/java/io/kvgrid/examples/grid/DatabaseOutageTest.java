package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.WriteOptions;
import io.kvgrid.persistence.jdbc.JdbcPersistence;
import io.kvgrid.persistence.jdbc.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Grids whose data is in a real PostgreSQL, which is killed and started again under load. */
@Timeout(120)
class DatabaseOutageTest extends GridTest {
    private final PostgresServer server = PostgresServer.shared();

    /** Its own table, as each node needs one. */
    private <K, V> GridNodeBuilder<K, V> inTable(String table, GridNodeBuilder<K, V> builder) {
        return builder.persistence(
                JdbcPersistence.builder(server.dataSource()).table(table).build());
    }

    @Test
    void gridOfOneGoesOnWhenItsDatabaseIsBack() throws Exception {
        GridNode<String, String> node = startReady(inTable("one", host("a")));
        List<GridNode<String, String>> nodes = List.of(node);
        join(node.insert("k", "before", PATIENT));
        Load before = Load.on(nodes, WriteOptions.DEFAULT).more(200);

        server.kill();
        before.awaitEnd();
        OperationFailedException failure = operationFailureOf(node.insert("k", "meanwhile"));
        assertThat(node.peek("k")).isEqualTo("before");
        server.restart();

        assertThat(failure).isInstanceOf(OperationTimeoutException.class);
        assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertEndedUnknown(before);
        join(node.insert("k", "meanwhile", PATIENT.operationId(failure.id().orElseThrow())));
        Load after = Load.on(nodes, PATIENT).more(200);
        server.kill();
        server.restart();
        after.more(200).stop();
        assertThat(after.failures()).as("who has time to wait notices nothing").isEmpty();

        node.close();
        List<GridNode<String, String>> again = List.of(startReady(inTable("one", host("a"))));
        before.assertKeptBy(again);
        after.assertKeptBy(again);
        assertThat(join(again.get(0).get("k"))).contains("meanwhile");
        System.out.println("injected: 2 kills of PostgreSQL under a grid of one; "
                + before.failures().size()
                + " operations ended unknown, " + (before.acknowledgements() + after.acknowledgements())
                + " acknowledged, none lost");
    }

    @Test
    void gridOfThreeGoesOnWhenTheDatabaseOfAllIsBack() throws Exception {
        GridNode<String, String> a = startReady(inTable("three_a", host("a")));
        GridNode<String, String> b = startReady(inTable("three_b", member("b", a)));
        GridNode<String, String> c = startReady(inTable("three_c", member("c", a)));
        List<GridNode<String, String>> nodes = List.of(a, b, c);
        awaitInSync(a, "a", "b", "c");
        Load before = Load.on(nodes, WriteOptions.DEFAULT).more(200);

        server.kill();
        before.awaitEnd();
        server.restart();

        assertEndedUnknown(before);
        awaitInSync(a, "a", "b", "c");
        Load after = Load.on(nodes, PATIENT).more(200).stop();
        assertThat(after.failures()).isEmpty();
        before.assertKeptBy(nodes);
        after.assertKeptBy(nodes);
        System.out.println("injected: 1 kill of PostgreSQL under a grid of three; "
                + before.failures().size()
                + " operations ended unknown, " + (before.acknowledgements() + after.acknowledgements())
                + " acknowledged, none lost");
    }

    private static void assertEndedUnknown(Load load) {
        assertThat(load.failures())
                .isNotEmpty()
                .allSatisfy(failed -> assertThat(failed.why())
                        .isInstanceOfSatisfying(
                                OperationTimeoutException.class,
                                e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN)));
    }
}
