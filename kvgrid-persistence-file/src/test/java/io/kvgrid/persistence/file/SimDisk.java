package io.kvgrid.persistence.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that forgets as real ones may. At a power cut it keeps any subset of what was not forced: of writes
 * any of their sectors, of directory changes any (S14). A failed force leaves the data readable until the power is cut
 * and lets later forces succeed without writing it, as page caches do (S2, S3). Calls are counted; any of them can fail
 * or be the last one before the cut.
 */
final class SimDisk implements Disk {
    enum Call {
        WRITE,
        FORCE,
        TRUNCATE,
        CREATE,
        OPEN,
        RENAME,
        DELETE,
        FORCE_DIRECTORY,
        READ
    }

    /** What happens at a call. */
    interface Fault {
        /** Called before the call takes effect; throws to prevent it. */
        void at(int number, Call call, String name) throws IOException;
    }

    static final Fault NONE = (number, call, name) -> {};

    private static final class Write {
        final long position;
        final byte[] bytes;

        Write(long position, byte[] bytes) {
            this.position = position;
            this.bytes = bytes;
        }
    }

    /** Its arrays are replaced, never written to, so that copies of a disk share them. */
    private static final class Node {
        byte[] cached = new byte[0];
        byte[] durable = new byte[0];
        final List<Write> pending = new ArrayList<>();
        final List<Long> pendingTruncations = new ArrayList<>();
    }

    private record Change(Map<String, @Nullable Node> entries) {}

    private final Map<String, Node> directory = new TreeMap<>();
    private final Map<String, Node> durableDirectory = new TreeMap<>();
    private final List<Change> pendingChanges = new ArrayList<>();
    private Fault fault = NONE;
    private int calls;
    private int maxWrite = Integer.MAX_VALUE;
    private long capacity = Long.MAX_VALUE;

    /** Failures from now on; numbers count from 1. */
    synchronized void inject(Fault newFault) {
        fault = newFault;
        calls = 0;
    }

    synchronized int calls() {
        return calls;
    }

    /** No write takes more than {@code bytes} at once. */
    synchronized void shortWrites(int bytes) {
        maxWrite = bytes;
    }

    synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    synchronized byte[] content(String name) {
        return node(name).cached.clone();
    }

    /** Changes bytes on the medium, behind everyone's back. */
    synchronized void damage(String name, byte[] bytes) {
        Node node = node(name);
        node.cached = bytes.clone();
        node.durable = node.cached;
        node.pending.clear();
    }

    synchronized List<String> names() {
        return List.copyOf(directory.keySet());
    }

    synchronized void remove(String name) {
        directory.remove(name);
        durableDirectory.remove(name);
    }

    /** The disk as another process finds it when this one was killed: nothing is lost, nothing is forced. */
    synchronized SimDisk copy() {
        SimDisk copy = new SimDisk();
        Map<Node, Node> nodes = new HashMap<>();
        directory.forEach((name, node) -> copy.directory.put(name, copyOf(node, nodes)));
        durableDirectory.forEach((name, node) -> copy.durableDirectory.put(name, copyOf(node, nodes)));
        for (Change change : pendingChanges) {
            Map<String, @Nullable Node> entries = new HashMap<>();
            change.entries.forEach((name, node) -> entries.put(name, node == null ? null : copyOf(node, nodes)));
            copy.pendingChanges.add(new Change(entries));
        }
        return copy;
    }

    private static Node copyOf(Node node, Map<Node, Node> nodes) {
        return nodes.computeIfAbsent(node, original -> {
            Node copy = new Node();
            copy.cached = original.cached;
            copy.durable = original.durable;
            copy.pending.addAll(original.pending);
            copy.pendingTruncations.addAll(original.pendingTruncations);
            return copy;
        });
    }

    /** What is left after a power cut: everything forced, and of the rest what {@code random} likes. */
    synchronized SimDisk afterPowerCut(Random random) {
        double keep = switch (random.nextInt(4)) {
            case 0 -> 0.0;
            case 1 -> 1.0;
            default -> random.nextDouble();
        };
        int sector = random.nextBoolean() ? 512 : 4096;
        Map<String, Node> names = new TreeMap<>(durableDirectory);
        for (Change change : pendingChanges) {
            if (random.nextDouble() < keep) {
                change.entries.forEach((name, node) -> {
                    if (node == null) {
                        names.remove(name);
                    } else {
                        names.put(name, node);
                    }
                });
            }
        }
        SimDisk left = new SimDisk();
        Map<Node, Node> nodes = new HashMap<>();
        names.forEach((name, node) -> {
            Node survivor = nodes.computeIfAbsent(node, n -> survivor(n, random, keep, sector));
            left.directory.put(name, survivor);
            left.durableDirectory.put(name, survivor);
        });
        return left;
    }

    /** Equal for disks with the same content, as far as checksums tell. */
    synchronized String fingerprint() {
        StringBuilder all = new StringBuilder();
        directory.forEach((name, node) -> all.append(name)
                .append(' ')
                .append(node.cached.length)
                .append(' ')
                .append(Checksum.of(ByteBuffer.wrap(node.cached), 0, node.cached.length))
                .append('\n'));
        return all.toString();
    }

    private static Node survivor(Node node, Random random, double keep, int sector) {
        byte[] bytes = node.durable;
        for (long size : node.pendingTruncations) {
            if (random.nextDouble() < keep && size < bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) size);
            }
        }
        for (Write write : node.pending) {
            int from = 0;
            while (from < write.bytes.length) {
                int at = (int) write.position + from;
                int to = Math.min(write.bytes.length, from + sector - at % sector);
                if (random.nextDouble() < keep) {
                    bytes = put(bytes, at, Arrays.copyOfRange(write.bytes, from, to));
                }
                from = to;
            }
        }
        Node survivor = new Node();
        survivor.cached = bytes;
        survivor.durable = bytes;
        return survivor;
    }

    private static byte[] put(byte[] target, int position, byte[] bytes) {
        byte[] result = Arrays.copyOf(target, Math.max(target.length, position + bytes.length));
        System.arraycopy(bytes, 0, result, position, bytes.length);
        return result;
    }

    private Node node(String name) {
        Node node = directory.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return node;
    }

    private void count(Call call, String name) throws IOException {
        calls++;
        fault.at(calls, call, name);
    }

    private void change(Map<String, @Nullable Node> entries) {
        entries.forEach((name, node) -> {
            if (node == null) {
                directory.remove(name);
            } else {
                directory.put(name, node);
            }
        });
        pendingChanges.add(new Change(entries));
    }

    @Override
    public Closeable acquire() {
        return () -> {};
    }

    @Override
    public synchronized List<String> list() {
        return List.copyOf(directory.keySet());
    }

    @Override
    public synchronized DiskFile create(String name) throws IOException {
        count(Call.CREATE, name);
        if (directory.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        Node node = new Node();
        change(Map.of(name, node));
        return new SimFile(name, node);
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        count(Call.OPEN, name);
        if (!directory.containsKey(name)) {
            throw new NoSuchFileException(name);
        }
        return new SimFile(name, node(name));
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        count(Call.RENAME, from);
        Map<String, @Nullable Node> entries = new HashMap<>();
        entries.put(to, node(from));
        entries.put(from, null);
        change(entries);
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        if (directory.containsKey(name)) {
            count(Call.DELETE, name);
            Map<String, @Nullable Node> entries = new HashMap<>();
            entries.put(name, null);
            change(entries);
        }
    }

    @Override
    public synchronized void force() throws IOException {
        count(Call.FORCE_DIRECTORY, "");
        durableDirectory.clear();
        durableDirectory.putAll(directory);
        pendingChanges.clear();
    }

    @Override
    public synchronized long usableBytes() {
        return Math.max(0, capacity - used());
    }

    private long used() {
        return directory.values().stream().mapToLong(node -> node.cached.length).sum();
    }

    @Override
    public String path(String name) {
        return "sim/" + name;
    }

    private final class SimFile implements DiskFile {
        private final String name;
        private final Node node;

        SimFile(String name, Node node) {
            this.name = name;
            this.node = node;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (SimDisk.this) {
                count(Call.READ, name);
                if (position >= node.cached.length) {
                    return -1;
                }
                int length = Math.min(target.remaining(), node.cached.length - (int) position);
                target.put(node.cached, (int) position, length);
                return length;
            }
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            synchronized (SimDisk.this) {
                byte[] bytes = new byte[Math.min(source.remaining(), maxWrite)];
                try {
                    count(Call.WRITE, name);
                } catch (IOException e) {
                    keep(
                            position,
                            Arrays.copyOf(copy(source, bytes), bytes.length / 2)); // a failed write may have begun
                    throw e;
                }
                long growth = Math.max(0, position + bytes.length - node.cached.length);
                if (used() + growth > capacity) {
                    throw new IOException("No space left on device");
                }
                keep(position, copy(source, bytes));
                source.position(source.position() + bytes.length);
                return bytes.length;
            }
        }

        private static byte[] copy(ByteBuffer source, byte[] bytes) {
            source.get(source.position(), bytes);
            return bytes;
        }

        private void keep(long position, byte[] bytes) {
            node.cached = put(node.cached, (int) position, bytes);
            node.pending.add(new Write(position, bytes));
        }

        @Override
        public void force(boolean metadata) throws IOException {
            synchronized (SimDisk.this) {
                try {
                    count(Call.FORCE, name);
                } catch (IOException e) {
                    if (!(e instanceof PowerCut)) {
                        node.pending.clear(); // the pages count as clean from now on, though they were not written
                        node.pendingTruncations.clear();
                    }
                    throw e;
                }
                if (node.pending.isEmpty() && node.pendingTruncations.isEmpty()) {
                    return;
                }
                byte[] bytes = node.durable;
                for (long size : node.pendingTruncations) {
                    bytes = Arrays.copyOf(bytes, (int) Math.min(size, bytes.length));
                }
                for (Write write : node.pending) {
                    bytes = put(bytes, (int) write.position, write.bytes);
                }
                node.durable = bytes;
                node.pending.clear();
                node.pendingTruncations.clear();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimDisk.this) {
                count(Call.TRUNCATE, name);
                if (size < node.cached.length) {
                    node.cached = Arrays.copyOf(node.cached, (int) size);
                    node.pending.removeIf(write -> write.position >= size);
                    node.pendingTruncations.add(size);
                }
            }
        }

        @Override
        public long size() {
            synchronized (SimDisk.this) {
                return node.cached.length;
            }
        }

        @Override
        public void close() {}
    }

    /** The power is cut before the call takes effect, and all later calls fail too. */
    static final class PowerCut extends IOException {
        private static final long serialVersionUID = 1L;

        PowerCut() {
            super("the power was cut");
        }
    }
}
