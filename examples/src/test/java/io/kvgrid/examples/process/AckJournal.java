package io.kvgrid.examples.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * Which inserts were acknowledged, in a file that outlives a kill of the process that wrote it: each number is given to
 * the system at once. Thread-safe.
 */
final class AckJournal implements AutoCloseable {
    private final FileOutputStream file;

    AckJournal(Path path) throws IOException {
        file = new FileOutputStream(path.toFile(), true);
    }

    synchronized void add(int number) {
        try {
            file.write(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All numbers in the file. */
    static BitSet read(Path path) throws IOException {
        BitSet numbers = new BitSet();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path));
        while (bytes.remaining() >= Integer.BYTES) {
            numbers.set(bytes.getInt());
        }
        return numbers;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
