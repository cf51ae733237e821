package io.kvgrid.persistence.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link Disk}. Positions are offsets from its first byte. */
interface DiskFile extends Closeable {
    /** Reads some bytes at {@code position} into {@code target}. Returns how many, or -1 at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Writes some bytes of {@code source} at {@code position}. Returns how many; may be fewer than there are. */
    int write(ByteBuffer source, long position) throws IOException;

    /** Makes what was written durable; with {@code metadata} also what does not matter for reading it. */
    void force(boolean metadata) throws IOException;

    /** Cuts the file to {@code size} bytes. */
    void truncate(long size) throws IOException;

    long size() throws IOException;

    /** Writes all of {@code source}; a write that makes no progress is an error (S19). */
    default void writeFully(ByteBuffer source, long position) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            int written = write(source, at);
            if (written <= 0) {
                throw new IOException(
                        "write at " + at + " made no progress with " + source.remaining() + " bytes left");
            }
            at += written;
        }
    }

    /** Reads until {@code target} is full or the file ends. Returns how many bytes were read. */
    default int readFully(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read = read(target, position + total);
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }
}
