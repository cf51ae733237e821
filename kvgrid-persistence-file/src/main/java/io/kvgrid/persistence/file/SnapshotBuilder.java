package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Makes a snapshot of entries that come in any order and may replace or remove earlier ones (P33). One thread. */
final class SnapshotBuilder {
    private final Disk disk;
    private final long id;
    private final long salt;
    private final EntrySpill spill;
    private @Nullable SnapshotInfo finished;

    SnapshotBuilder(Disk disk, long id, long salt) {
        this.disk = disk;
        this.id = id;
        this.salt = salt;
        this.spill = new EntrySpill(disk, FileNames.snapshot(id) + FileNames.TEMPORARY);
    }

    /** Adds an entry, or a removal, behind all that was added before. */
    void add(SnapshotEntry entry) throws IOException {
        spill.add(entry);
    }

    /** Writes the snapshot file, and forces it. The manifest does not name it yet. A second call changes nothing. */
    SnapshotInfo finish(RecordId label, ByteBuffer state) throws IOException, Damage {
        if (finished == null) {
            finished = write(label, state);
        }
        return finished;
    }

    private SnapshotInfo write(RecordId label, ByteBuffer state) throws IOException, Damage {
        try (SnapshotWriter writer = new SnapshotWriter(disk, id, salt)) {
            for (int partition = 0; partition < EntrySpill.PARTITIONS; partition++) {
                spill.last(partition).values(writer::add);
            }
            return writer.finish(label, state);
        } finally {
            spill.discard();
        }
    }

    /** Removes everything: this snapshot will never be in the manifest. */
    void abandon() throws IOException {
        spill.discard();
        if (finished != null) {
            disk.delete(finished.fileName());
        }
    }
}
