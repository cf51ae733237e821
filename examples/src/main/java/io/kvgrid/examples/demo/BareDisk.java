package io.kvgrid.examples.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** What the machine's disk can do without a grid: append to one file and force it, again and again. */
public final class BareDisk {
    private BareDisk() {}

    /**
     * Appends records for {@code length}, forcing the file after each group.
     *
     * @return records per second that were durable
     */
    public static double recordsPerSecond(Path directory, int recordBytes, int recordsPerForce, Duration length)
            throws IOException {
        Path file = directory.resolve("bare");
        ByteBuffer group = ByteBuffer.allocateDirect(recordBytes * recordsPerForce);
        long records = 0;
        long start = System.nanoTime();
        long took = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (took < length.toNanos()) {
                group.clear();
                while (group.hasRemaining()) {
                    channel.write(group);
                }
                channel.force(false);
                records += recordsPerForce;
                took = System.nanoTime() - start;
            }
        } finally {
            Files.deleteIfExists(file);
        }
        return records * 1e9 / took;
    }
}
