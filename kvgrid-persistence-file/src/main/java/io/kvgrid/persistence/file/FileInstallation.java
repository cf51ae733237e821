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
        return owner.submit(this, () -> {
            store.install(builder, label, state);
            ended = true;
        });
    }

    @Override
    public void abort() {
        if (!ended) {
            ended = true;
            owner.submitUnlessClosed(this, builder::abandon);
        }
    }

    private void requireRunning() {
        if (ended) {
            throw new IllegalStateException("the installation has ended");
        }
    }
}
