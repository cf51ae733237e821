package io.kvgrid.persistence.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** A directory that is looked at: whatever would change it is refused. Any thread. */
final class ReadOnlyDisk implements Disk {
    private final Path directory;

    ReadOnlyDisk(Path directory) {
        this.directory = directory;
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new ReadOnlyFile(FileChannel.open(directory.resolve(name), StandardOpenOption.READ));
    }

    @Override
    public String path(String name) {
        return directory.resolve(name).toString();
    }

    @Override
    public Closeable acquire() {
        throw refused();
    }

    @Override
    public DiskFile create(String name) {
        throw refused();
    }

    @Override
    public void rename(String from, String to) {
        throw refused();
    }

    @Override
    public void delete(String name) {
        throw refused();
    }

    @Override
    public void force() {
        throw refused();
    }

    @Override
    public long usableBytes() {
        return 0;
    }

    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException("this directory is only looked at");
    }

    private record ReadOnlyFile(FileChannel channel) implements DiskFile {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) {
            throw refused();
        }

        @Override
        public void force(boolean metadata) {
            throw refused();
        }

        @Override
        public void truncate(long size) {
            throw refused();
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
