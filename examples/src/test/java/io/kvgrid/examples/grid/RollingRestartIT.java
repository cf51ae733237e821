package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.Role;
import io.kvgrid.arbiter.ratis.RatisArbiter;
import io.kvgrid.examples.demo.FreePorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A rolling restart as docs/operations.md tells it: three nodes with files, each with a voter of the Ratis Arbiter, are closed
 * and started again in turn, the primary among them, while clients ask all three. No operation fails, but those that a node is
 * asked for after its {@code close()} began.
 *
 * <p>Operations may take 10 s and leases are long, for a busy machine may let a thread wait for a second; with {@code
 * -Dkvgrid.timing=true}, where nothing else runs, both are what they are by default: a second, and 600 ms.
 */
@Timeout(180)
class RollingRestartIT extends GridTest {
    private static final boolean TIMED = Boolean.getBoolean("kvgrid.timing");
    private static final List<String> IDS = List.of("a", "b", "c");

    /** So many operations at least before the first restart, beside each node that is down, and after its return. */
    private static final int SOME = 300;

    private final List<Integer> ports =
            IntStream.of(FreePorts.find(IDS.size())).boxed().toList();
    private final List<GridNode<String, String>> nodes = new ArrayList<>();

    @Override
    Duration lease() {
        return TIMED ? DEFAULT_LEASE : LONG_LEASE;
    }

    @Test
    void noOperationFailsWhileAllThreeRestartInTurn() {
        for (int i = 0; i < IDS.size(); i++) {
            nodes.add(start(builder(i)));
        }
        nodes.forEach(node -> join(node.ready()));
        awaitInSync(nodes.get(primary()), "a", "b", "c");
        int first = primary();
        long epoch = nodes.get(first).view().epoch();
        MixedLoad load = MixedLoad.on(nodes);
        load.more(SOME);

        for (int i = 0;
                i < IDS.size();
                i++) { // the primary first: whoever follows it has the role when its own turn comes
            restart((first + i) % IDS.size(), load);
        }

        load.stop();
        assertThat(load.failures()).isEmpty();
        assertThat(load.refused()).as("asked of nodes that were closing").isPositive();
        assertThat(nodes.get(primary()).view().epoch())
                .as("the role moved twice")
                .isGreaterThanOrEqualTo(epoch + 2);
        nodes.forEach(load::assertKeptBy);
    }

    private void restart(int which, MixedLoad load) {
        load.closing(which);
        nodes.get(which).close();
        load.more(SOME);

        nodes.set(which, startReady(builder(which)));
        load.reopened(which, nodes.get(which));
        awaitInSync(nodes.get(primary()), "a", "b", "c");
        load.more(SOME);
        assertThat(load.failures()).isEmpty();
    }

    private int primary() {
        return await().until(
                        () -> IntStream.range(0, IDS.size())
                                .filter(i -> nodes.get(i).view().role() == Role.PRIMARY)
                                .findFirst()
                                .orElse(-1),
                        found -> found >= 0);
    }

    private GridNodeBuilder<String, String> builder(int which) {
        String id = IDS.get(which);
        GridNodeBuilder<String, String> builder = GridNode.builder(GRID, String.class, String.class)
                .nodeId(id)
                .listen("127.0.0.1", ports.get(which))
                .peers(addresses(0))
                .arbiter(RatisArbiter.of(GRID, addresses(FreePorts.VOTE))
                        .voter(addresses(FreePorts.VOTE)[which], directory.resolve("voter-" + id))
                        .choice())
                .lease(lease())
                .dataRoot(directory);
        return TIMED ? builder : builder.operationTimeout(Duration.ofSeconds(10));
    }

    private String[] addresses(int distance) {
        return ports.stream().map(port -> "127.0.0.1:" + (port + distance)).toArray(String[]::new);
    }
}
