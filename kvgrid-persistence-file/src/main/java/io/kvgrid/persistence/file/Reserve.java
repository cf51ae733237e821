package io.kvgrid.persistence.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room that only truncation, recovery, the manifest and the side file may use, so that a store on a full disk can still
 * cut its log, keep its promises and close (S15). A file of zeros, deleted when its room is needed and made again when
 * there is some. Appends are refused before they touch it. Log thread only.
 */
final class Reserve {
    /** Room for small files, beside the one segment. */
    static final int SLACK_BYTES = 1 << 16;

    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);

    private final Disk disk;
    private final long bytes;
    private boolean held;

    /** @param bytes how many to keep, see {@link #bytes}; 0 for none */
    Reserve(Disk disk, long bytes) {
        this.disk = disk;
        this.bytes = bytes;
    }

    /** What a store with segments of at most {@code maxSegmentBytes} keeps: the smallest segment, and a little more. */
    static long bytes(long maxSegmentBytes) {
        return SegmentAllocator.smallest(maxSegmentBytes) + SLACK_BYTES;
    }

    /**
     * Finds what the last run has left. Whatever that is, it is no reason not to open the store: a reserve of another
     * size, or one that cannot be read, is made again by {@link #fill}.
     */
    void open() throws IOException {
        if (disk.list().contains(FileNames.RESERVE)) {
            try (DiskFile file = disk.open(FileNames.RESERVE)) {
                held = file.size() == bytes; // a rename put it there, so its blocks are its own
            } catch (IOException e) {
                LOG.warn("{} cannot be read and is made again", disk.path(FileNames.RESERVE), e);
            }
        }
    }

    /** Makes the reserve if it is missing and there is room for it; without room the store runs without. */
    void fill() {
        if (held || bytes == 0) {
            return;
        }
        try {
            disk.delete(FileNames.RESERVE);
            if (disk.usableBytes() >= 2 * bytes) {
                AtomicFile.replace(disk, FileNames.RESERVE, ByteBuffer.allocate((int) bytes));
                held = true;
            }
        } catch (IOException e) {
            LOG.warn("{} could not be made", disk.path(FileNames.RESERVE), e);
        }
    }

    /** Gives the room back to the disk. Returns whether there was any to give. */
    boolean release() throws IOException {
        boolean had = held;
        held = false;
        if (had) {
            LOG.warn("the disk of {} is full: its reserve is being used", disk.path(""));
            disk.delete(FileNames.RESERVE);
        }
        return had;
    }
}
