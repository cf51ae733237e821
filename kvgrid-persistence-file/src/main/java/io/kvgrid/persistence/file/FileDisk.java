package io.kvgrid.persistence.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The real {@link Disk}: {@link FileChannel}s. Files are readable by their owner only (X10). */
final class FileDisk implements Disk {
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private static final boolean LINKS =
            FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

    private static final long STEP_BYTES = 1 << 20;

    private final Path directory;

    /** How often each file is open. */
    private final Map<String, Integer> open = new ConcurrentHashMap<>();

    /** Why the directory could not be forced, once that has failed. */
    private volatile @Nullable IOException forceFailure;

    FileDisk(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    @Override
    public Closeable acquire() throws IOException {
        createDirectory(directory);
        return DirectoryLock.acquire(directory.toRealPath());
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
    public DiskFile create(String name) throws IOException {
        return openFile(
                name,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                permissions("rw-------"));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return openFile(name, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    private DiskFile openFile(String name, Set<OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        open.merge(name, 1, Integer::sum); // first, so that delete never misses one
        try {
            return new ChannelFile(FileChannel.open(directory.resolve(name), options, attributes), () -> closed(name));
        } catch (IOException | RuntimeException e) {
            closed(name);
            throw e;
        }
    }

    private void closed(String name) {
        open.computeIfPresent(name, (key, count) -> count == 1 ? null : count - 1);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(
                directory.resolve(from),
                directory.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Gives a large file's room back in steps: a file system that has the disk discard it would keep the disk from
     * everything else for milliseconds. Whoever still has the file open, or another name for it, keeps its content.
     */
    @Override
    public void delete(String name) throws IOException {
        Path file = directory.resolve(name);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            boolean shared = LINKS && !Files.getAttribute(file, "unix:nlink").equals(1);
            Files.delete(file);
            for (long size = channel.size() - STEP_BYTES;
                    size > 0 && !shared && !open.containsKey(name);
                    size -= STEP_BYTES) {
                channel.truncate(size);
            }
        } catch (NoSuchFileException e) {
            // as it should be
        }
    }

    /** After one failure it fails for good: another force may succeed although entries are lost (S2). */
    @Override
    public void force() throws IOException {
        IOException before = forceFailure;
        if (before != null) {
            throw new IOException("the directory could not be forced before", before);
        }
        try {
            forceDirectory(directory);
        } catch (IOException e) {
            forceFailure = e;
            throw e;
        }
    }

    @Override
    public long usableBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public String path(String name) {
        return directory.resolve(name).toString();
    }

    static FileAttribute<?>[] permissions(String posix) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(posix))}
                : new FileAttribute<?>[0];
    }

    private static void createDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        @Nullable Path parent = directory.getParent();
        if (parent != null) {
            createDirectory(parent);
        }
        Files.createDirectory(directory, permissions("rwx------"));
        if (parent != null) {
            forceDirectory(parent); // S10
        }
    }

    /** Skipped only where the platform cannot open a directory (S10): on Windows. */
    private static void forceDirectory(Path directory) throws IOException {
        if (!POSIX) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private record ChannelFile(FileChannel channel, Runnable onClose) implements DiskFile {
        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return channel.write(source, position);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            channel.force(metadata);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            if (channel.isOpen()) {
                try {
                    channel.close();
                } finally {
                    onClose.run();
                }
            }
        }
    }
}
