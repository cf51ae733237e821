package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a snapshot of entries that come in any order and may replace or remove earlier ones (P33). Entries are spread
 * over partitions by their key, each with a small buffer that overflows into a spill file; at the end one partition
 * after the other is read back, reduced to the last entry of each key, and written. So memory is bounded by a
 * {@value #PARTITIONS}th of the data, and all I/O is sequential but for the spill's reading in {@value #BUFFER_BYTES}
 * byte pieces. One thread.
 */
final class SnapshotBuilder {
    private static final int PARTITIONS = 64;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Disk disk;
    private final long id;
    private final long salt;
    private final Partition[] partitions = new Partition[PARTITIONS];
    private @Nullable DiskFile spill;
    private long spillEnd;
    private @Nullable SnapshotInfo finished;

    private record Key(int mapId, ByteBuffer bytes) {}

    private record Piece(long position, int length, int crc) {}

    private static final class Partition {
        private ByteBuffer buffer = ByteBuffer.allocate(1 << 10);
        private final List<Piece> pieces = new ArrayList<>();
    }

    SnapshotBuilder(Disk disk, long id, long salt) {
        this.disk = disk;
        this.id = id;
        this.salt = salt;
        for (int i = 0; i < PARTITIONS; i++) {
            partitions[i] = new Partition();
        }
    }

    /** Adds an entry, or a removal, behind all that was added before. */
    void add(SnapshotEntry entry) throws IOException {
        int hash = 31 * entry.key().hashCode() + entry.mapId();
        Partition partition = partitions[(hash * 0x9E37_79B9) >>> 26];
        int length = EntryCodec.length(entry);
        if (partition.buffer.remaining() < length) {
            makeRoom(partition, length);
        }
        EntryCodec.write(entry, partition.buffer);
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
            for (Partition partition : partitions) {
                for (SnapshotEntry entry : lastEntries(partition).values()) {
                    writer.add(entry);
                }
            }
            return writer.finish(label, state);
        } finally {
            discard();
        }
    }

    /** Removes what is no longer needed. Idempotent. */
    void discard() throws IOException {
        DiskFile file = spill;
        spill = null;
        if (file != null) {
            file.close();
            disk.delete(spillName());
        }
    }

    /** Removes everything: this snapshot will never be in the manifest. */
    void abandon() throws IOException {
        discard();
        if (finished != null) {
            disk.delete(finished.fileName());
        }
    }

    private void makeRoom(Partition partition, int length) throws IOException {
        ByteBuffer full = partition.buffer.flip();
        if (full.limit() + length <= BUFFER_BYTES || full.limit() == 0) {
            int capacity = Math.max(full.limit() + length, Math.min(2 * full.capacity(), BUFFER_BYTES));
            partition.buffer = ByteBuffer.allocate(capacity).put(full);
            return;
        }
        DiskFile file = spill;
        if (file == null) {
            file = disk.create(spillName());
            spill = file;
        }
        partition.pieces.add(new Piece(spillEnd, full.limit(), Checksum.of(full, 0, full.limit())));
        file.writeFully(full, spillEnd);
        spillEnd += full.limit();
        partition.buffer = ByteBuffer.allocate(Math.max(length, BUFFER_BYTES));
    }

    private Map<Key, SnapshotEntry> lastEntries(Partition partition) throws IOException, Damage {
        Map<Key, SnapshotEntry> last = new LinkedHashMap<>();
        for (Piece piece : partition.pieces) {
            ByteBuffer bytes = ByteBuffer.allocate(piece.length());
            if (spill != null) {
                spill.readFully(bytes, piece.position());
            }
            if (Checksum.of(bytes.flip(), 0, bytes.limit()) != piece.crc()) {
                throw new Damage(disk.path(spillName()), piece.position(), "what was just written", "other bytes");
            }
            collect(bytes, last);
        }
        collect(partition.buffer.flip(), last);
        return last;
    }

    private void collect(ByteBuffer bytes, Map<Key, SnapshotEntry> last) throws Damage {
        while (bytes.hasRemaining()) {
            SnapshotEntry entry = EntryCodec.read(bytes, disk.path(spillName()), 0);
            Key key = new Key(entry.mapId(), entry.key());
            if (entry.value() == null) {
                last.remove(key);
            } else {
                last.put(key, entry);
            }
        }
    }

    private String spillName() {
        return FileNames.snapshot(id) + FileNames.TEMPORARY;
    }
}
