package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.persistence.file.FilePersistence;
import io.kvgrid.spi.persistence.Persistence;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The nodes' real stores, one directory for each. A node that comes back finds what its last run left there. */
final class FileStores implements AutoCloseable {
    /** So small that logs roll over and are compacted. */
    private static final int SEGMENT_BYTES = 64 << 10;

    private final Path root;
    private final Map<NodeId, FileBackedPersistence> stores = new HashMap<>();

    FileStores(Path root) {
        this.root = root;
    }

    /** A store on files, which takes as long as {@code simulated} does. */
    Persistence over(Persistence simulated) {
        SimPersistence disk = (SimPersistence) simulated;
        FileBackedPersistence before = stores.get(disk.node());
        if (before != null) {
            before.closeFiles(); // its run may have been killed: the threads and the lock are this test's to release
        }
        FilePersistence files = FilePersistence.builder(root.resolve(disk.node().value()))
                .segmentBytes(SEGMENT_BYTES)
                .build();
        FileBackedPersistence store = new FileBackedPersistence(files, disk);
        stores.put(disk.node(), store);
        return store;
    }

    @Override
    public void close() {
        stores.values().forEach(FileBackedPersistence::closeFiles);
    }
}
