package io.kvgrid.persistence.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.ToLongFunction;

/** A {@link SimDisk} whose calls take {@link VirtualTime}; remembers how much was ever on it. */
final class TimedDisk implements Disk {
    private final SimDisk disk;
    private final VirtualTime time;
    private final ToLongFunction<String> nanosPerKiB;
    private volatile long mostBytes;

    /** @param nanosPerKiB how long writing takes, by the file's name; reading is four times as fast */
    TimedDisk(SimDisk disk, VirtualTime time, ToLongFunction<String> nanosPerKiB) {
        this.disk = disk;
        this.time = time;
        this.nanosPerKiB = nanosPerKiB;
    }

    /** The most bytes on it since the last call. */
    long mostBytes() {
        long most = mostBytes;
        mostBytes = 0;
        return most;
    }

    @Override
    public Closeable acquire() {
        return disk.acquire();
    }

    @Override
    public List<String> list() {
        return disk.list();
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new TimedFile(name, disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new TimedFile(name, disk.open(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void force() throws IOException {
        disk.force();
    }

    @Override
    public long usableBytes() {
        return disk.usableBytes();
    }

    @Override
    public String path(String name) {
        return disk.path(name);
    }

    private final class TimedFile implements DiskFile {
        private final String name;
        private final DiskFile file;

        TimedFile(String name, DiskFile file) {
            this.name = name;
            this.file = file;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            int read = file.read(target, position);
            time.spend(Math.max(0, read) * nanosPerKiB.applyAsLong(name) / 4096);
            return read;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time: the others wait for their time
        public int write(ByteBuffer source, long position) throws IOException {
            int written = file.write(source, position);
            mostBytes = Math.max(mostBytes, disk.usedBytes());
            time.spend(written * nanosPerKiB.applyAsLong(name) / 1024);
            return written;
        }

        @Override
        public void force(boolean metadata) throws IOException {
            file.force(metadata);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
