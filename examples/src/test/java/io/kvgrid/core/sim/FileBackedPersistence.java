package io.kvgrid.core.sim;

import io.kvgrid.persistence.file.FilePersistence;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Real files behind a simulated disk: every call is carried out on the files first, while virtual time stands still, and
 * then on the simulated disk, which says when it is done and is what the invariants look at. What a node recovers comes
 * from the files.
 */
final class FileBackedPersistence implements Persistence {
    private final FilePersistence files;
    private final SimPersistence disk;
    private boolean closed;

    FileBackedPersistence(FilePersistence files, SimPersistence disk) {
        this.files = files;
        this.disk = disk;
    }

    /** Ends the use of the files, unless that was done. */
    void closeFiles() {
        if (!closed) {
            closed = true;
            files.close();
        }
    }

    @Override
    public Optional<ByteBuffer> open() {
        Optional<ByteBuffer> simulated = disk.open();
        Optional<ByteBuffer> found = files.open();
        if (!found.equals(simulated)) {
            throw new InvariantViolation("FilesAreTheDisk", "metadata " + found + ", expected " + simulated);
        }
        return found;
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        RecoveryReport report = done(files.recover(handler));
        return disk.recover(new RecoveryHandler() {
                    @Override
                    public void base(RecordId id, ByteBuffer state) {}

                    @Override
                    public void entry(SnapshotEntry entry) {}

                    @Override
                    public void record(LogRecord record) {}

                    @Override
                    public void committed(long lsn) {}
                })
                .thenApply(simulated -> report);
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        done(files.append(records));
        return disk.append(records);
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        done(files.truncateAfter(lsn));
        return disk.truncateAfter(lsn);
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        files.committed(lsn, state);
        disk.committed(lsn, state);
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        done(files.saveMetadata(metadata.duplicate()));
        return disk.saveMetadata(metadata);
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        return new Installation(files.installSnapshot(), disk.installSnapshot());
    }

    /** What is read comes from the files, once the simulated disk says that it is there. */
    @Override
    public Optional<LogReads> logReads() {
        return disk.logReads().map(simulated -> new LogReads() {
            @Override
            public CompletionStage<LogRange> read(long fromLsn, int maxBytes) {
                LogRange found = done(files.logReads().orElseThrow().read(fromLsn, maxBytes));
                return simulated.read(fromLsn, maxBytes).thenApply(when -> found);
            }

            @Override
            public void keepFrom(long lsn) {
                files.logReads().orElseThrow().keepFrom(lsn);
                simulated.keepFrom(lsn);
            }
        });
    }

    @Override
    public void close() {
        closeFiles();
        disk.close();
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private record Installation(SnapshotInstallation onFiles, SnapshotInstallation onDisk)
            implements SnapshotInstallation {
        @Override
        public CompletionStage<Void> add(List<SnapshotEntry> entries) {
            done(onFiles.add(entries));
            return onDisk.add(entries);
        }

        @Override
        public CompletionStage<Void> commit(RecordId label, ByteBuffer state) {
            done(onFiles.commit(label, state.duplicate()));
            return onDisk.commit(label, state);
        }

        @Override
        public void abort() {
            onFiles.abort();
            onDisk.abort();
        }
    }
}
