package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecordId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes one snapshot file, laid out by {@link SnapshotFormat}. Forces it piece by piece, so that an append's own force
 * never waits behind much of it. One thread.
 */
final class SnapshotWriter implements Closeable {
    static final int STEP_BYTES = 1 << 20;

    private final Disk disk;
    private final long id;
    private final long salt;
    private final DiskFile file;
    private ByteBuffer block = newBlock(SnapshotFormat.BLOCK_BYTES);
    private int blockEntries;
    private long blocks;
    private long entries;
    private long position = FileHeader.BYTES;
    private long forced;

    SnapshotWriter(Disk disk, long id, long salt) throws IOException {
        this.disk = disk;
        this.id = id;
        this.salt = salt;
        this.file = disk.create(FileNames.snapshot(id));
        file.writeFully(new FileHeader(FileHeader.SNAPSHOT, id, salt, 0).encode(), 0);
    }

    /**
     * Adds an entry that has a value, whose key was not added before and whose partition is not behind the last one's.
     *
     * @param entry as {@link EntryCodec} lays it out; used up
     */
    void add(ByteBuffer entry) throws IOException {
        int length = entry.remaining();
        if (block.remaining() < length) {
            writeBlock();
            if (block.remaining() < length) {
                block = newBlock(SnapshotFormat.BLOCK_HEADER_BYTES + length);
            }
        }
        block.put(entry);
        blockEntries++;
        entries++;
    }

    /** Writes the footer and forces all of it, and its place in the directory (S10). Not in the manifest yet. */
    SnapshotInfo finish(RecordId label, ByteBuffer state) throws IOException {
        writeBlock();
        ByteBuffer footer = ByteBuffer.allocate(SnapshotFormat.FOOTER_BYTES + state.remaining());
        footer.putInt(SnapshotFormat.FOOTER_MAGIC)
                .putInt(state.remaining())
                .putLong(blocks)
                .putLong(entries);
        footer.putLong(label.epoch()).putLong(label.lsn()).putInt(label.checksum());
        footer.putInt(Checksum.salted(salt, footer, 0, SnapshotFormat.FOOTER_CRC));
        footer.position(SnapshotFormat.FOOTER_BYTES).put(state.duplicate());
        footer.putInt(
                SnapshotFormat.FOOTER_CRC + Integer.BYTES,
                Checksum.salted(salt, footer, SnapshotFormat.FOOTER_BYTES, state.remaining()));
        file.writeFully(footer.flip(), position);
        file.force(true);
        disk.force();
        return new SnapshotInfo(id, salt, label, position);
    }

    private void writeBlock() throws IOException {
        if (blockEntries == 0) {
            return;
        }
        int header = SnapshotFormat.BLOCK_HEADER_BYTES;
        int length = block.position() - header;
        block.putInt(0, SnapshotFormat.BLOCK_MAGIC)
                .putInt(4, length)
                .putLong(8, blocks)
                .putInt(16, blockEntries);
        block.putInt(SnapshotFormat.BLOCK_HEADER_CRC, Checksum.salted(salt, block, 0, SnapshotFormat.BLOCK_HEADER_CRC));
        block.putInt(SnapshotFormat.BLOCK_HEADER_CRC + Integer.BYTES, Checksum.salted(salt, block, header, length));
        file.writeFully(block.flip(), position);
        position += header + length;
        if (position - forced >= STEP_BYTES) {
            file.force(false);
            forced = position;
        }
        blocks++;
        blockEntries = 0;
        block = block.capacity() > SnapshotFormat.BLOCK_BYTES
                ? newBlock(SnapshotFormat.BLOCK_BYTES)
                : block.clear().position(header);
    }

    private static ByteBuffer newBlock(int bytes) {
        return ByteBuffer.allocateDirect(bytes).position(SnapshotFormat.BLOCK_HEADER_BYTES);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
