package io.kvgrid.core.sim;

import static io.kvgrid.core.sim.Scene.MILLI;
import static io.kvgrid.core.sim.Scene.SECOND;

import io.kvgrid.testkit.history.History;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What a grid does while the Arbiter answers nobody (A5): reads and writes go on, changes wait. */
final class ArbiterScenes {
    private ArbiterScenes() {}

    /** Ten seconds without; d, which comes meanwhile, joins after them. */
    static void arbiterIsLostForTenSeconds(SimParts parts) {
        Scene grid = new Scene(4, 3, parts);
        List<SimNode> nodes = grid.sim.nodes().subList(0, 3);
        ByteBuffer calm = grid.clients.keys().get(1);
        History.Write first = grid.clients.insert(grid.node("b"), calm);
        grid.await(first::isAcknowledged, SECOND);
        grid.run(200 * MILLI); // everybody knows that it is committed
        long cv = grid.cv();

        grid.sim.arbiter().unavailable(10 * SECOND);
        grid.sim.start(grid.node("d"));
        for (int round = 0; round < 95; round++) {
            List<History.Write> writes = new ArrayList<>();
            for (SimNode node : nodes) {
                writes.add(grid.clients.insert(node, grid.key, 100 * MILLI));
                grid.clients.reads().linearizable(node, grid.key, 100 * MILLI);
                if (!grid.clients.reads().now(node, calm)) {
                    throw new InvariantViolation(
                            "LeasedReads", node + " does not answer at once: " + grid.sim.describe());
                }
            }
            grid.run(100 * MILLI);
            if (!writes.stream().allMatch(History.Write::isAcknowledged)
                    || grid.clients.reads().refused() > 0) {
                throw new InvariantViolation(
                        "Liveness", "no write, or no read, without an Arbiter: " + grid.sim.describe());
            }
        }
        if (grid.cv() != cv) {
            throw new InvariantViolation("ConfigTransitionsLegal", "cv went from " + cv + " to " + grid.cv());
        }

        grid.await(() -> grid.isInSync("d"), 5 * SECOND);
        grid.endsWell();
    }
}
