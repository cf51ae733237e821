package io.kvgrid.examples.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.OperationFailedException;
import io.kvgrid.Outcome;
import io.kvgrid.Role;
import io.kvgrid.WriteOptions;
import io.kvgrid.persistence.file.FilePersistence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/** A program that fills its disk by a node of its own, makes room, goes on, and looks for what was acknowledged. */
final class NodeOnFullDisk {
    private static final int BALLAST_BYTES = 1 << 19;
    private static final String VALUE = "v".repeat(1_000);
    private static final WriteOptions SHORT = WriteOptions.DEFAULT.timeout(Duration.ofMillis(300));
    private static final WriteOptions PATIENT = WriteOptions.DEFAULT.timeout(Duration.ofSeconds(20));

    private final Path disk;
    private final List<String> acknowledged = new ArrayList<>();
    private int failed;
    private int keys;

    private NodeOnFullDisk(Path disk) {
        this.disk = disk;
    }

    /**
     * Runs it.
     *
     * @param args a directory on a small, empty disk
     */
    public static void main(String[] args) throws IOException {
        NodeOnFullDisk program = new NodeOnFullDisk(Path.of(args[0]));
        program.run();
        System.out.println(
                program.acknowledged.size() + " inserts acknowledged, " + program.failed + " not, none lost");
    }

    private void run() throws IOException {
        Path ballast = Files.write(disk.resolve("ballast"), new byte[BALLAST_BYTES]);
        try (GridNode<String, String> node = start()) {
            fill(node);
            assertThat(node.view().role()).as("a full disk ends no node").isEqualTo(Role.PRIMARY);
            assertHolds(node);

            Files.delete(ballast);
            for (int i = 0; i < 100; i++) {
                insert(node, PATIENT);
            }
            assertHolds(node);
            fill(node);
        }
        try (GridNode<String, String> node = start()) {
            assertHolds(node);
        }
    }

    private GridNode<String, String> start() {
        GridNode<String, String> node = GridNode.builder("grid", String.class, String.class)
                .nodeId("a")
                .dataRoot(disk)
                .persistence(FilePersistence.builder(disk.resolve("store"))
                        .segmentBytes(1 << 16)
                        .build())
                .start();
        node.ready().join();
        return node;
    }

    /** Inserts until three have failed. */
    private void fill(GridNode<String, String> node) {
        int until = failed + 3;
        while (failed < until) {
            try {
                insert(node, SHORT);
            } catch (CompletionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                OperationFailedException.class,
                                failure -> assertThat(failure.outcome())
                                        .as("it waits for room, past its deadline: %s", failure)
                                        .isEqualTo(Outcome.UNKNOWN));
                failed++;
            }
        }
    }

    private void insert(GridNode<String, String> node, WriteOptions options) {
        String key = "key" + keys++;
        node.insert(key, VALUE, options).join();
        acknowledged.add(key);
    }

    private void assertHolds(GridNode<String, String> node) {
        assertThat(acknowledged)
                .allSatisfy(key -> assertThat(node.get(key).join()).contains(VALUE));
    }
}
