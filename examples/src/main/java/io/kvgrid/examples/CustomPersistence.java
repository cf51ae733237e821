package io.kvgrid.examples;

import io.kvgrid.GridNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** A grid that keeps its data in a database: {@link H2EntryStore} is all it takes. */
public final class CustomPersistence {
    private CustomPersistence() {}

    /** Keeps the database in the directory {@code args[0]}, or in {@code target/custom-persistence}. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args.length > 0 ? args[0] : "target/custom-persistence");
        Files.createDirectories(directory);
        try (GridNode<String, String> node = start(directory)) {
            node.insert("hello", "world").join(); // committed in the database
        }
        try (GridNode<String, String> node = start(directory)) {
            System.out.println(
                    "after a restart: hello " + node.get("hello").join().orElse("nobody"));
        }
    }

    private static GridNode<String, String> start(Path directory) throws SQLException {
        // snippet: custom persistence
        return GridNode.builder("custom-persistence", String.class, String.class)
                .nodeId("a")
                .persistence(new H2EntryStore(directory.resolve("grid")))
                .dataRoot(directory)
                .start();
        // end
    }
}
