package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Reads a store as its next start would, without changing or locking anything. One thread. */
final class StoreReader {
    private final Disk disk;
    private final StoreFiles files;
    private final Mark mark;

    /**
     * Reads the manifest and the side file.
     *
     * @throws CorruptLogException if one of them, or a file that the manifest names, is missing or damaged
     * @throws IOException if there is no store, or it cannot be read
     */
    StoreReader(Path directory) throws IOException {
        disk = new ReadOnlyDisk(directory);
        files = new StoreFiles(disk, Runnable::run, new Reserve(disk, 0));
        try (ReplicaMeta meta = files.look()) {
            mark = meta.mark();
        }
    }

    Manifest manifest() {
        return files.manifest();
    }

    Mark mark() {
        return mark;
    }

    /**
     * Gives everything to {@code handler} and proves every byte of it.
     *
     * @throws CorruptLogException at the first place that is damaged although it had been durable
     */
    RecoveryReport read(RecoveryHandler handler) throws IOException {
        return read(files.manifest().needed(), handler);
    }

    /** The same, and proves also the segments that are kept for peers alone. */
    RecoveryReport readAll(RecoveryHandler handler) throws IOException {
        return read(files.manifest().segments(), handler);
    }

    private RecoveryReport read(List<SegmentInfo> segments, RecoveryHandler handler) throws IOException {
        long start = System.nanoTime();
        Recovery recovery = new Recovery(files, segments, mark, handler);
        recovery.run();
        return recovery.report(System.nanoTime() - start, RecoveryReport.LastRun.UNKNOWN);
    }

    /**
     * Proves the snapshot, if there is one.
     *
     * @throws CorruptLogException if it is damaged
     */
    void verifySnapshot() throws IOException {
        SnapshotInfo snapshot = files.manifest().snapshot();
        if (snapshot != null) {
            try {
                SnapshotReader.read(disk, snapshot, new ReadWindow(), SnapshotReader.PROOF);
            } catch (Damage e) {
                throw e.corrupt("the manifest says that it is durable");
            }
        }
    }

    /** Length of a file that the manifest names, in bytes. */
    long length(String name) throws IOException {
        try (DiskFile file = disk.open(name)) {
            return file.size();
        }
    }
}
