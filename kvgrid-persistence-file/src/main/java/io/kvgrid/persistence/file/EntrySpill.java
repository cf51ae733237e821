package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Entries on their way into a snapshot: they come in any order and may replace or remove earlier ones. They are spread
 * over partitions by their key, each with a small buffer that overflows into a spill file, and are read back one
 * partition after the other. So memory is bounded by a {@value #PARTITIONS}th of the data, and all I/O is sequential but
 * for the reading back, in pieces of {@value #BUFFER_BYTES} bytes. One thread.
 */
final class EntrySpill {
    static final int PARTITIONS = 64;

    private static final int PARTITION_SHIFT = 26;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Disk disk;
    private final String name;
    private final Partition[] partitions = new Partition[PARTITIONS];
    private @Nullable DiskFile file;
    private long end;

    /** A key with its map. */
    record Key(int mapId, ByteBuffer bytes) {
        static Key of(SnapshotEntry entry) {
            return new Key(entry.mapId(), entry.key());
        }
    }

    private record Piece(long position, int length, int crc) {}

    private static final class Partition {
        private ByteBuffer buffer = ByteBuffer.allocate(1 << 10);
        private final List<Piece> pieces = new ArrayList<>();
    }

    /** @param name of the spill file, which is made when it is needed and removed by {@link #discard} */
    EntrySpill(Disk disk, String name) {
        this.disk = disk;
        this.name = name;
        for (int i = 0; i < PARTITIONS; i++) {
            partitions[i] = new Partition();
        }
    }

    /** Where the entry belongs: the upper six bits of the CRC32C of its map id, as eight bytes, and its key. */
    static int partition(SnapshotEntry entry) {
        ByteBuffer key = entry.key();
        return Checksum.salted(entry.mapId(), key, key.position(), key.remaining()) >>> PARTITION_SHIFT;
    }

    /** Adds an entry, or a removal, behind all that was added before. */
    void add(SnapshotEntry entry) throws IOException {
        Partition partition = partitions[partition(entry)];
        int length = EntryCodec.length(entry);
        if (partition.buffer.remaining() < length) {
            makeRoom(partition, length);
        }
        EntryCodec.write(entry, partition.buffer);
    }

    /** The last entry or removal of each key of a partition. Each partition may be asked for once. */
    Map<Key, SnapshotEntry> last(int partition) throws IOException, Damage {
        Map<Key, SnapshotEntry> last = new LinkedHashMap<>();
        for (Piece piece : partitions[partition].pieces) {
            collect(read(piece), last);
        }
        collect(partitions[partition].buffer.flip(), last);
        return last;
    }

    /** Removes the spill file. Idempotent. */
    void discard() throws IOException {
        DiskFile spill = file;
        file = null;
        if (spill != null) {
            spill.close();
            disk.delete(name);
        }
    }

    private void makeRoom(Partition partition, int length) throws IOException {
        ByteBuffer full = partition.buffer.flip();
        if (full.limit() + length <= BUFFER_BYTES || full.limit() == 0) {
            int capacity = Math.max(full.limit() + length, Math.min(2 * full.capacity(), BUFFER_BYTES));
            partition.buffer = ByteBuffer.allocate(capacity).put(full);
            return;
        }
        DiskFile spill = file;
        if (spill == null) {
            spill = disk.create(name);
            file = spill;
        }
        partition.pieces.add(new Piece(end, full.limit(), Checksum.of(full, 0, full.limit())));
        spill.writeFully(full, end);
        end += full.limit();
        partition.buffer = ByteBuffer.allocate(Math.max(length, BUFFER_BYTES));
    }

    private ByteBuffer read(Piece piece) throws IOException, Damage {
        ByteBuffer bytes = ByteBuffer.allocate(piece.length());
        if (file != null) {
            file.readFully(bytes, piece.position());
        }
        if (Checksum.of(bytes.flip(), 0, bytes.limit()) != piece.crc()) {
            throw new Damage(disk.path(name), piece.position(), "what was just written", "other bytes");
        }
        return bytes;
    }

    private void collect(ByteBuffer bytes, Map<Key, SnapshotEntry> last) throws Damage {
        while (bytes.hasRemaining()) {
            SnapshotEntry entry = EntryCodec.read(bytes, disk.path(name), 0);
            last.put(Key.of(entry), entry);
        }
    }
}
