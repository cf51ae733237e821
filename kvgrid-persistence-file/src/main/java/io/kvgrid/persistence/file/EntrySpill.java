package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
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
    private final Courtesy courtesy = new Courtesy();
    private final Partition[] partitions = new Partition[PARTITIONS];
    private @Nullable DiskFile file;
    private long end;

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

    /** Where an entry belongs: the upper six bits of the {@linkplain EntryCodec#hash hash} of its map and key. */
    static int partition(int hash) {
        return hash >>> PARTITION_SHIFT;
    }

    /** Adds an entry, or a removal, behind all that was added before. */
    void add(SnapshotEntry entry) throws IOException {
        Partition partition = partitions[partition(EntryCodec.hash(entry))];
        int length = EntryCodec.length(entry);
        if (partition.buffer.remaining() < length) {
            makeRoom(partition, length);
        }
        EntryCodec.write(entry, partition.buffer);
        courtesy.handled(length);
    }

    /** The last entry or removal of each key of a partition. Each partition may be asked for once. */
    EntryTable last(int partition) throws IOException, Damage {
        Partition asked = partitions[partition];
        ByteBuffer rest = asked.buffer.flip();
        long length = rest.limit();
        for (Piece piece : asked.pieces) {
            length += piece.length();
        }
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(length));
        for (Piece piece : asked.pieces) {
            read(piece, all);
        }
        all.put(rest).flip();
        return EntryTable.of(all, disk.path(name), courtesy);
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

    /** Reads a piece to where {@code target} is, and proves it. */
    private void read(Piece piece, ByteBuffer target) throws IOException, Damage {
        int start = target.position();
        if (file != null) {
            file.readFully(target.limit(start + piece.length()), piece.position());
        }
        if (target.position() != start + piece.length() || Checksum.of(target, start, piece.length()) != piece.crc()) {
            throw new Damage(disk.path(name), piece.position(), "what was just written", "other bytes");
        }
        target.limit(target.capacity());
    }
}
