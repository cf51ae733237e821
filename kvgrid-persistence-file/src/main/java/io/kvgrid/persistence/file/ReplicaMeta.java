package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.RecoveryReport.LastRun;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The side file: the node's metadata (its promises) and the log's {@link Mark}, in two slots with generations (S12).
 * A slot is overwritten only when the other one is durable and newer, so a torn write loses nothing; and metadata is
 * written to both, so that one damaged slot cannot bring an older promise back (P24). Log thread only. Each slot:
 *
 * <pre>
 *  offset width field
 *       0     8 magic "kvgridME"
 *       8     4 version 1
 *      12     4 feature bits, none defined
 *      16     8 generation, from 1; the higher one counts
 *      24     4 flags: bit 0 = closed cleanly (S27), bit 1 = has metadata
 *      28     8 id of the growing segment
 *      36     8 its salt
 *      44     8 durable lsn
 *      52     8 commit index
 *      60    16 boot id of the operating system at the time of writing (S8); zeros where there is none
 *      76     4 length of the metadata
 *      80       metadata
 *       …     4 CRC32C of all before
 * </pre>
 *
 * The second slot starts at half the file's size, {@value #SLOT_BYTES} bytes or a larger power of two.
 */
final class ReplicaMeta implements Closeable {
    static final int SLOT_BYTES = 1 << 13;

    private static final long MAGIC = 0x6B76_6772_6964_4D45L;
    private static final int VERSION = 1;
    private static final int FIXED_BYTES = 80;
    private static final int CLEAN = 1;
    private static final int HAS_METADATA = 2;

    private final Disk disk;
    private DiskFile file;
    private Slot newest;
    private int newestIndex;

    private record Slot(
            long generation,
            Mark mark,
            BootId bootId,
            @Nullable ByteBuffer metadata) {}

    private ReplicaMeta(Disk disk, DiskFile file, Slot newest, int newestIndex) {
        this.disk = disk;
        this.file = file;
        this.newest = newest;
        this.newestIndex = newestIndex;
    }

    /** Makes the side file of a store that no run has used yet; durable on return. */
    static void create(Disk disk, Mark mark, BootId bootId) throws IOException {
        writeBoth(disk, SLOT_BYTES, new Slot(1, mark, bootId, null));
    }

    /** @throws Damage if neither slot is valid */
    static ReplicaMeta open(Disk disk) throws IOException, Damage {
        DiskFile file = disk.open(FileNames.META);
        try {
            int slotBytes = slotBytes(file);
            Slot first = read(disk, file, 0, slotBytes);
            Slot second = read(disk, file, slotBytes, slotBytes);
            if (first != null && (second == null || first.generation() >= second.generation())) {
                return new ReplicaMeta(disk, file, first, 0);
            }
            if (second != null) {
                return new ReplicaMeta(disk, file, second, 1);
            }
            throw new Damage(disk.path(FileNames.META), 0, "a valid slot", "two damaged ones");
        } catch (IOException | Damage | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The metadata last saved. */
    Optional<ByteBuffer> metadata() {
        return Optional.ofNullable(newest.metadata()).map(ByteBuffer::asReadOnlyBuffer);
    }

    Mark mark() {
        return newest.mark();
    }

    /**
     * How the run ended that wrote this (S8).
     *
     * @param present the run of the operating system that asks
     */
    LastRun lastRun(BootId present) {
        if (untouched()) {
            return LastRun.NONE;
        }
        if (newest.mark().clean()) {
            return LastRun.CLOSED;
        }
        BootId then = newest.bootId();
        boolean told = !then.equals(BootId.UNKNOWN) && !present.equals(BootId.UNKNOWN);
        return told && !then.equals(present) ? LastRun.SYSTEM_RESTARTED : LastRun.KILLED;
    }

    /** Whether nothing was written since {@link #create}. */
    boolean untouched() {
        return newest.generation() == 1 && newest.metadata() == null;
    }

    /**
     * Replaces the metadata, and the mark with it; durable on return.
     *
     * @throws DiskFullException if it needs a larger file and there is no room; nothing has changed
     */
    void save(ByteBuffer metadata, Mark mark, BootId bootId) throws IOException {
        ByteBuffer copy = ByteBuffer.allocate(metadata.remaining())
                .put(metadata.duplicate())
                .flip();
        int slotBytes = slotBytes(file);
        if (length(copy) > slotBytes) {
            Slot slot = new Slot(newest.generation() + 1, mark, bootId, copy);
            writeBoth(disk, Integer.highestOneBit(length(copy)) << 1, slot);
            newest = slot;
            file.close();
            file = disk.open(FileNames.META);
            newestIndex = 0;
        } else {
            write(new Slot(newest.generation() + 1, mark, bootId, copy));
            write(new Slot(newest.generation() + 1, mark, bootId, copy));
        }
    }

    /** Replaces the mark; durable on return. */
    void save(Mark mark, BootId bootId) throws IOException {
        write(new Slot(newest.generation() + 1, mark, bootId, newest.metadata()));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private void write(Slot slot) throws IOException {
        int index = 1 - newestIndex;
        file.writeFully(encode(slot), (long) index * slotBytes(file));
        file.force(false);
        newest = slot;
        newestIndex = index;
    }

    private static void writeBoth(Disk disk, int slotBytes, Slot slot) throws IOException {
        ByteBuffer both = ByteBuffer.allocate(2 * slotBytes);
        both.put(0, encode(slot), 0, length(slot.metadata()));
        both.put(slotBytes, encode(slot), 0, length(slot.metadata()));
        AtomicFile.replace(disk, FileNames.META, both);
    }

    private static int slotBytes(DiskFile file) throws IOException {
        return (int) Math.min(file.size() / 2, Integer.MAX_VALUE);
    }

    private static int length(@Nullable ByteBuffer metadata) {
        return FIXED_BYTES + (metadata == null ? 0 : metadata.limit()) + Integer.BYTES;
    }

    private static ByteBuffer encode(Slot slot) {
        ByteBuffer metadata = slot.metadata();
        Mark mark = slot.mark();
        ByteBuffer bytes = ByteBuffer.allocate(length(metadata));
        bytes.putLong(MAGIC).putInt(VERSION).putInt(0).putLong(slot.generation());
        bytes.putInt((mark.clean() ? CLEAN : 0) | (metadata == null ? 0 : HAS_METADATA));
        bytes.putLong(mark.segmentId()).putLong(mark.segmentSalt());
        bytes.putLong(mark.durableLsn()).putLong(mark.commitLsn());
        bytes.putLong(slot.bootId().high()).putLong(slot.bootId().low());
        bytes.putInt(metadata == null ? 0 : metadata.limit());
        if (metadata != null) {
            bytes.put(metadata.duplicate());
        }
        bytes.putInt(Checksum.of(bytes, 0, bytes.position()));
        return bytes.flip();
    }

    /** The slot at {@code position}, or null if there is no valid one. */
    private static @Nullable Slot read(Disk disk, DiskFile file, int position, int slotBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slotBytes);
        int read = file.readFully(bytes, position);
        if (read < FIXED_BYTES + Integer.BYTES || bytes.getLong(0) != MAGIC) {
            return null;
        }
        int metadataLength = bytes.getInt(76);
        if (metadataLength < 0 || metadataLength > read - FIXED_BYTES - Integer.BYTES) {
            return null;
        }
        int crcAt = FIXED_BYTES + metadataLength;
        if (bytes.getInt(crcAt) != Checksum.of(bytes, 0, crcAt)) {
            return null;
        }
        FileHeader.requireKnown(disk.path(FileNames.META), VERSION, bytes.getInt(8), bytes.getInt(12));
        int flags = bytes.getInt(24);
        ByteBuffer metadata = null;
        if ((flags & HAS_METADATA) != 0) {
            metadata = ByteBuffer.allocate(metadataLength)
                    .put(bytes.slice(FIXED_BYTES, metadataLength))
                    .flip();
        }
        Mark mark = new Mark(
                (flags & CLEAN) != 0, bytes.getLong(28), bytes.getLong(36), bytes.getLong(44), bytes.getLong(52));
        return new Slot(bytes.getLong(16), mark, new BootId(bytes.getLong(60), bytes.getLong(68)), metadata);
    }
}
