package io.kvgrid.core.node;

import io.kvgrid.GridStartException;
import io.kvgrid.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Where a node keeps what: {@code <root>/<grid>/<node>} for its data, {@code <root>/<grid>/arbiter} for a hosted Arbiter. */
final class DataRoot {
    private static final String ARBITER = "arbiter";

    private final Path grid;

    /** @param gridName checked by the builder, so that it names a directory below the root (X9) */
    DataRoot(Path root, String gridName) {
        grid = root.resolve(gridName);
    }

    Path arbiter() {
        return grid.resolve(ARBITER);
    }

    Path node(NodeId id) {
        if (id.value().equals(ARBITER)) {
            throw new IllegalStateException(
                    "the directory of a node named 'arbiter' is taken by the Arbiter: choose another node id");
        }
        return grid.resolve(id.value());
    }

    /**
     * The node id to go on with when the application names none: that of the one node whose directory is here, or a new
     * random one.
     *
     * @throws IllegalStateException if there are several
     */
    NodeId recordedNode() {
        List<String> names = directories();
        if (names.size() > 1) {
            throw new IllegalStateException(
                    "several nodes have data under " + grid + ", " + names + ": say nodeId(...) for one of them");
        }
        return names.stream().findFirst().map(NodeId::new).orElseGet(DataRoot::randomNode);
    }

    static NodeId randomNode() {
        return new NodeId("node-" + UUID.randomUUID().toString().substring(0, 8));
    }

    private List<String> directories() {
        if (!Files.isDirectory(grid)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(grid)) {
            return children.filter(Files::isDirectory)
                    .map(child -> Optional.ofNullable(child.getFileName())
                            .map(Path::toString)
                            .orElse(""))
                    .filter(name -> !name.equals(ARBITER) && !name.isEmpty())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new GridStartException("cannot read the directory " + grid, e);
        }
    }
}
