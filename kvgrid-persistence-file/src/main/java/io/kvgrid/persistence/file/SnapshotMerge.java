package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Merges changes into the entries of an older snapshot. Both are in the order of their partitions, so that one
 * partition's changes are in memory at a time. One thread.
 */
final class SnapshotMerge implements SnapshotReader.Target {
    private final EntrySpill changes;
    private final SnapshotWriter writer;
    private final Checkpoint checkpoint;
    private final Courtesy courtesy = new Courtesy();
    private int partition = -1;

    /** The present partition's changes. */
    private EntryTable present = EntryTable.EMPTY;

    /** Called for each older entry and each partition; may throw to end the merge. */
    interface Checkpoint {
        /** All partitions below {@code partition} have been written. */
        void at(int partition);
    }

    SnapshotMerge(EntrySpill changes, SnapshotWriter writer, Checkpoint checkpoint) {
        this.changes = changes;
        this.writer = writer;
        this.checkpoint = checkpoint;
    }

    @Override
    public void base(RecordId label, ByteBuffer state, long entries) {
        // the new snapshot has its own
    }

    /** Writes the older entry, unless a change replaces it. */
    @Override
    public void entry(ByteBuffer entry, String path, long position) throws IOException, Damage {
        int hash = EntryCodec.hash(entry, entry.position());
        int next = EntrySpill.partition(hash);
        if (next < partition) {
            throw new Damage(path, position, "an entry of partition " + partition + " or later", "one of " + next);
        }
        advance(next);
        checkpoint.at(partition);
        courtesy.handled(entry.remaining());
        if (!present.hasKeyOf(entry, entry.position(), hash)) {
            writer.add(entry);
        }
    }

    /** Writes the changes that are left. */
    void finish() throws IOException, Damage {
        advance(EntrySpill.PARTITIONS);
    }

    private void advance(int next) throws IOException, Damage {
        while (partition < next) {
            present.values(this::write);
            partition++;
            checkpoint.at(partition);
            present = partition < EntrySpill.PARTITIONS ? changes.last(partition) : EntryTable.EMPTY;
        }
    }

    private void write(ByteBuffer change) throws IOException {
        courtesy.handled(change.remaining());
        writer.add(change);
    }
}
