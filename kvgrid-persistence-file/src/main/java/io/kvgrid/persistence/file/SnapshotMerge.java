package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Merges changes into the entries of an older snapshot. Both are in the order of their partitions, so that one
 * partition's changes are in memory at a time. One thread.
 */
final class SnapshotMerge implements SnapshotReader.Target {
    private final EntrySpill changes;
    private final SnapshotWriter writer;
    private final Checkpoint checkpoint;
    private int partition = -1;

    /** The present partition's changes. */
    private Map<EntrySpill.Key, SnapshotEntry> present = Map.of();

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
    public void entry(SnapshotEntry entry, String path, long position) throws IOException, Damage {
        int next = EntrySpill.partition(entry);
        if (next < partition) {
            throw new Damage(path, position, "an entry of partition " + partition + " or later", "one of " + next);
        }
        advance(next);
        checkpoint.at(partition);
        if (!present.containsKey(EntrySpill.Key.of(entry))) {
            writer.add(entry);
        }
    }

    /** Writes the changes that are left. */
    void finish() throws IOException, Damage {
        advance(EntrySpill.PARTITIONS);
    }

    private void advance(int next) throws IOException, Damage {
        while (partition < next) {
            for (SnapshotEntry change : present.values()) {
                if (change.value() != null) {
                    writer.add(change);
                }
            }
            partition++;
            checkpoint.at(partition);
            present = partition < EntrySpill.PARTITIONS ? changes.last(partition) : Map.of();
        }
    }
}
