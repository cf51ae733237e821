package io.kvgrid.examples.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** What the machine's disk can do without a grid: write groups of records to one file and force each, again and again. */
public final class BareDisk {
    private static final int CHUNK_BYTES = 1 << 20;

    private BareDisk() {}

    /**
     * Writes records for {@code length}, forcing the file after each group.
     *
     * @param preallocated bytes of a file written before, round which the groups go; 0 for a file that grows, whose new
     *     size the file system has to force too
     * @return records per second that were durable
     */
    public static double recordsPerSecond(
            Path directory, int recordBytes, int recordsPerForce, long preallocated, Duration length)
            throws IOException {
        Path file = directory.resolve("bare");
        ByteBuffer group = ByteBuffer.allocateDirect(recordBytes * recordsPerForce);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at = 0; at < preallocated; at += CHUNK_BYTES) {
                write(channel, at, ByteBuffer.allocate(CHUNK_BYTES));
            }
            channel.force(true);
            long records = 0;
            long at = 0;
            long start = System.nanoTime();
            long took = 0;
            while (took < length.toNanos()) {
                if (preallocated > 0 && at + group.capacity() > preallocated) {
                    at = 0;
                }
                write(channel, at, group.clear());
                channel.force(false);
                at += group.capacity();
                records += recordsPerForce;
                took = System.nanoTime() - start;
            }
            return records * 1e9 / took;
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void write(FileChannel channel, long position, ByteBuffer bytes) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }
}
