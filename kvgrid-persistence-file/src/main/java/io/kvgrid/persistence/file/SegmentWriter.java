package io.kvgrid.persistence.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Appends groups to the one segment that grows. Its space was zero-filled and forced before (S20). Log thread only. */
final class SegmentWriter implements Closeable {
    private final long salt;
    private final DiskFile file;
    private final long capacity;
    private long position;

    /** @param position behind the last group; zeros follow up to {@code capacity} */
    SegmentWriter(long salt, DiskFile file, long position, long capacity) {
        this.salt = salt;
        this.file = file;
        this.position = position;
        this.capacity = capacity;
    }

    long salt() {
        return salt;
    }

    /** Position behind the last group. */
    long position() {
        return position;
    }

    boolean isEmpty() {
        return position == FileHeader.BYTES;
    }

    boolean fits(long bytes) {
        return bytes <= capacity - position;
    }

    boolean isHalfFull() {
        return position > capacity / 2;
    }

    /** Writes the group and forces it; on return it is durable (S1). After any exception the file is dead (S2). */
    void append(ByteBuffer group) throws IOException {
        int length = group.remaining();
        file.writeFully(group, position);
        file.force(false); // preallocated: no metadata is needed to read it back
        position += length;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
