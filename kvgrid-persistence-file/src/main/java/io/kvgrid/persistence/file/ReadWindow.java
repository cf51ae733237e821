package io.kvgrid.persistence.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Reads a file from front to back in large steps, and shows the next bytes as a buffer. One thread. */
final class ReadWindow {
    private static final int STEP_BYTES = 1 << 20;

    private final IntConsumer beforeRead;
    private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
    private @Nullable DiskFile file;
    private long readPosition;
    private long end;
    private long bytesRead;

    ReadWindow() {
        this(count -> {});
    }

    /** @param beforeRead told how many bytes are about to be read from the file; may take its time */
    ReadWindow(IntConsumer beforeRead) {
        this.beforeRead = beforeRead;
    }

    /** Starts to read {@code file} at {@code position}; nothing at or behind {@code end} is shown. */
    void open(DiskFile newFile, long position, long newEnd) {
        file = newFile;
        readPosition = position;
        end = newEnd;
        int step = (int) Math.min(STEP_BYTES, newEnd - position);
        bytes = bytes.capacity() < step ? ByteBuffer.allocateDirect(step) : bytes;
        bytes.limit(0);
    }

    /** File position of the next byte. */
    long position() {
        return readPosition - bytes.remaining();
    }

    /** How many bytes are left, if the file is as long as it should be. */
    long remaining() {
        return end - position();
    }

    /** All bytes read so far, over all files. */
    long bytesRead() {
        return bytesRead;
    }

    /**
     * The next bytes, from the buffer's position: at least {@code count}, unless the file ends before. Reading from the
     * buffer moves this window. The buffer is valid until the next call.
     */
    ByteBuffer next(int count) throws IOException {
        if (bytes.remaining() < count && readPosition < end) {
            refill(count);
        }
        return bytes;
    }

    private void refill(int count) throws IOException {
        if (bytes.capacity() < count) {
            bytes = ByteBuffer.allocateDirect(Math.max(count, Math.min(2 * bytes.capacity(), 1 << 27)))
                    .put(bytes);
        } else {
            bytes.compact();
        }
        int room = (int) Math.min(bytes.remaining(), end - readPosition);
        bytes.limit(bytes.position() + room);
        if (file != null) {
            beforeRead.accept(room);
            int read = file.readFully(bytes, readPosition);
            readPosition += read;
            bytesRead += read;
        }
        bytes.flip();
    }
}
