package io.kvgrid.examples;

import io.kvgrid.GridNode;
import io.kvgrid.OperationAck;
import java.nio.file.Path;

/** A grid of one node, which needs no setting at all. Run it twice: it remembers. */
public final class QuickStart {
    private QuickStart() {}

    public static void main(String[] args) {
        // snippet: quick start
        try (GridNode<String, Integer> grid = GridNode.builder("quick-start", String.class, Integer.class)
                .dataRoot(Path.of("target", "quick-start"))
                .start()) {
            int runs = grid.get("runs").join().orElse(0);
            OperationAck ack = grid.insert("runs", runs + 1).join(); // on disk, not only in memory
            System.out.println("run " + grid.peek("runs") + ", on disk as version " + ack.version());
        }
        // end
    }
}
