package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Hands an installation's calls to the log thread, where a {@link SnapshotBuilder} does the work. */
final class FileInstallation implements SnapshotInstallation {
    private final FilePersistence owner;
    private final FileStore store;
    private final SnapshotBuilder builder;
    private volatile boolean ended;
    /** Of the last commit called for; 0 for none. */
    private long cutNumber;

    FileInstallation(FilePersistence owner, FileStore store) {
        this.owner = owner;
        this.store = store;
        this.builder = store.startSnapshot();
    }

    /** Whether another one may start. */
    boolean hasEnded() {
        return ended;
    }

    @Override
    public CompletionStage<Void> add(List<SnapshotEntry> entries) {
        requireRunning();
        return owner.submit(this, () -> {
            for (SnapshotEntry entry : entries) {
                builder.add(entry);
            }
        });
    }

    @Override
    public CompletionStage<Void> commit(RecordId label, ByteBuffer state) {
        requireRunning();
        long number = store.cutting();
        cutNumber = number;
        return owner.submit(this, () -> {
            store.install(builder, label, state, number);
            ended = true;
        });
    }

    @Override
    public void abort() {
        if (!ended) {
            ended = true;
            long number = cutNumber;
            owner.submitUnlessClosed(this, () -> store.abandon(builder, number));
        }
    }

    private void requireRunning() {
        if (ended) {
            throw new IllegalStateException("the installation has ended");
        }
    }
}
