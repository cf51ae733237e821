package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.StoreInUseException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One process, and in it one store, per directory (S21). Three checks, since each alone has a hole: directories held by
 * this class in this process; the recorded owner, which also sees another class loader of this process and file systems
 * without locks; and the operating system's lock on {@code lock}, a file that nothing else ever opens, because closing
 * any other handle of it in this process would silently drop the lock.
 */
final class DirectoryLock implements Closeable {
    static final String LOCK = "lock";
    static final String OWNER = "owner";

    private static final Set<Path> HELD = new HashSet<>();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * @param directory its real path
     * @throws StoreInUseException if it is taken; the message names the process that has it
     */
    static DirectoryLock acquire(Path directory) throws IOException {
        synchronized (HELD) {
            Owner self = Owner.of(ProcessHandle.current());
            if (HELD.contains(directory)) {
                throw inUse(directory, self);
            }
            Owner recorded = Owner.read(directory);
            if (recorded != null && recorded.lives()) {
                throw inUse(directory, recorded);
            }
            FileChannel channel = FileChannel.open(
                    directory.resolve(LOCK),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    FileDisk.permissions("rw-------"));
            try {
                if (!tryLock(channel)) {
                    throw inUse(directory, recorded);
                }
                self.write(directory);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            HELD.add(directory);
            return new DirectoryLock(directory, channel);
        }
    }

    /** The process that is recorded as the owner of {@code directory}, if it lives. Takes and changes nothing. */
    static Optional<String> livingOwner(Path directory) throws IOException {
        return Optional.ofNullable(Owner.read(directory)).filter(Owner::lives).map(Owner::describe);
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static StoreInUseException inUse(Path directory, @Nullable Owner owner) {
        String who = owner == null ? "another process" : owner.describe();
        return new StoreInUseException("directory " + directory + " is in use by " + who
                + ": stop that node, or give this one another directory");
    }

    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (HELD.remove(directory)) {
                try {
                    Files.deleteIfExists(directory.resolve(OWNER));
                } finally {
                    channel.close();
                }
            }
        }
    }

    /** A process, told from a later one with the same pid by the moment it started. */
    private record Owner(long pid, long startMillis) {
        static Owner of(ProcessHandle process) {
            return new Owner(
                    process.pid(),
                    process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
        }

        static @Nullable Owner read(Path directory) throws IOException {
            try {
                String[] parts =
                        Files.readString(directory.resolve(OWNER)).strip().split(" ", 2);
                return new Owner(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
            } catch (NoSuchFileException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
                return null; // torn or absent: the lock decides
            }
        }

        boolean lives() {
            return ProcessHandle.of(pid).map(Owner::of).filter(this::equals).isPresent() && !hasEnded(pid);
        }

        /**
         * Whether the process has ended and only waits for its parent to take notice, which under some first processes of a
         * container never happens. Linux says so behind the name, which stands in parentheses and may contain any character;
         * where nobody says, a process that is listed lives. The lock is asked in either case.
         */
        private static boolean hasEnded(long pid) {
            try {
                String stat =
                        Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
                return stat.startsWith(") Z", stat.lastIndexOf(')'));
            } catch (IOException e) {
                return false;
            }
        }

        void write(Path directory) throws IOException {
            Path file = directory.resolve(OWNER);
            Files.deleteIfExists(file);
            try (FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    FileDisk.permissions("rw-------"))) {
                channel.write(ByteBuffer.wrap((pid + " " + startMillis + "\n").getBytes(StandardCharsets.US_ASCII)));
            }
        }

        String describe() {
            return (pid == ProcessHandle.current().pid() ? "this process, pid " : "process ") + pid;
        }
    }
}
