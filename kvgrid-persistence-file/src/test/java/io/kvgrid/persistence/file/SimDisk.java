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
import java.util.Set;
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

        /** Called when half of a write has taken effect. */
        default void halfWritten(int number) {}
    }

    static final Fault NONE = (number, call, name) -> {};

    private record Change(Map<String, @Nullable SimNode> entries) {}

    private final Map<String, SimNode> directory = new TreeMap<>();
    private final Map<String, SimNode> durableDirectory = new TreeMap<>();
    private final List<Change> pendingChanges = new ArrayList<>();
    private Set<PowerLoss.Kind> losses = Set.of();
    private Fault fault = NONE;
    private int calls;
    private int maxWrite = Integer.MAX_VALUE;
    private long capacity = Long.MAX_VALUE;
    private int refusals;
    private long salts;

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

    /** How often somebody asked for room that was not there. */
    synchronized int refusals() {
        return refusals;
    }

    /** A number for a file's salt that neither this disk has given yet nor those that it is a copy of. */
    synchronized long nextSalt() {
        return ++salts * 0x9E37_79B9_7F4A_7C15L;
    }

    /** What the power cut took from which this is left. */
    Set<PowerLoss.Kind> losses() {
        return losses;
    }

    synchronized byte[] content(String name) {
        return node(name).cached.clone();
    }

    /** Changes bytes on the medium, behind everyone's back. */
    synchronized void damage(String name, byte[] bytes) {
        SimNode node = node(name);
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
        Map<SimNode, SimNode> nodes = new HashMap<>();
        directory.forEach((name, node) -> copy.directory.put(name, copyOf(node, nodes)));
        durableDirectory.forEach((name, node) -> copy.durableDirectory.put(name, copyOf(node, nodes)));
        for (Change change : pendingChanges) {
            Map<String, @Nullable SimNode> entries = new HashMap<>();
            change.entries.forEach((name, node) -> entries.put(name, node == null ? null : copyOf(node, nodes)));
            copy.pendingChanges.add(new Change(entries));
        }
        copy.salts = salts;
        return copy;
    }

    private static SimNode copyOf(SimNode node, Map<SimNode, SimNode> nodes) {
        return nodes.computeIfAbsent(node, SimNode::copy);
    }

    /** What is left after a power cut: everything forced, and of the rest what {@code random} likes. */
    synchronized SimDisk afterPowerCut(Random random) {
        PowerLoss loss = new PowerLoss(random);
        Map<String, SimNode> names = new TreeMap<>(durableDirectory);
        for (Change change : pendingChanges) {
            if (loss.keeps(PowerLoss.Kind.DIRECTORY_CHANGE)) {
                apply(change.entries, names);
            }
        }
        SimDisk left = new SimDisk();
        Map<SimNode, SimNode> nodes = new HashMap<>();
        names.forEach((name, node) -> {
            SimNode survivor = nodes.computeIfAbsent(node, loss::survivor);
            left.directory.put(name, survivor);
            left.durableDirectory.put(name, survivor);
        });
        left.losses = loss.kinds();
        left.salts = salts;
        return left;
    }

    /** Equal for disks with the same content, as far as checksums tell. */
    synchronized String fingerprint() {
        StringBuilder all = new StringBuilder();
        directory.forEach((name, node) -> all.append(name)
                .append(' ')
                .append(node.cached.length)
                .append(' ')
                .append(node.checksum())
                .append('\n'));
        return all.toString();
    }

    private SimNode node(String name) {
        SimNode node = directory.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return node;
    }

    private void count(Call call, String name) throws IOException {
        calls++;
        fault.at(calls, call, name);
    }

    private void change(Map<String, @Nullable SimNode> entries) {
        apply(entries, directory);
        pendingChanges.add(new Change(entries));
    }

    private static void apply(Map<String, @Nullable SimNode> entries, Map<String, SimNode> target) {
        entries.forEach((name, node) -> {
            if (node == null) {
                target.remove(name);
            } else {
                target.put(name, node);
            }
        });
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
        SimNode node = new SimNode(new byte[0]);
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
        Map<String, @Nullable SimNode> entries = new HashMap<>();
        entries.put(to, node(from));
        entries.put(from, null);
        change(entries);
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        if (directory.containsKey(name)) {
            count(Call.DELETE, name);
            Map<String, @Nullable SimNode> entries = new HashMap<>();
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
        long usable = Math.max(0, capacity - usedBytes());
        refusals += usable == 0 ? 1 : 0;
        return usable;
    }

    /** Bytes of all files. */
    synchronized long usedBytes() {
        return directory.values().stream().mapToLong(node -> node.cached.length).sum();
    }

    @Override
    public String path(String name) {
        return "sim/" + name;
    }

    private final class SimFile implements DiskFile {
        private final String name;
        private final SimNode node;

        SimFile(String name, SimNode node) {
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
                try {
                    count(Call.WRITE, name);
                } catch (IOException e) {
                    node.write(position, half(source, new byte[source.remaining()])); // it may have begun
                    throw e;
                }
                byte[] bytes = new byte[Math.min(source.remaining(), maxWrite)];
                long growth = Math.max(0, position + bytes.length - node.cached.length);
                if (usedBytes() + growth > capacity) {
                    refusals++;
                    throw new IOException("No space left on device");
                }
                node.write(position, half(source, bytes));
                fault.halfWritten(calls);
                node.writeRest(position, bytes);
                source.position(source.position() + bytes.length);
                return bytes.length;
            }
        }

        /** Fills {@code bytes}, and gives their first half. */
        private static byte[] half(ByteBuffer source, byte[] bytes) {
            source.get(source.position(), bytes);
            return Arrays.copyOf(bytes, bytes.length / 2);
        }

        @Override
        public void force(boolean metadata) throws IOException {
            synchronized (SimDisk.this) {
                try {
                    count(Call.FORCE, name);
                } catch (IOException e) {
                    if (!(e instanceof PowerCut)) {
                        node.forgetPending();
                    }
                    throw e;
                }
                node.force();
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (SimDisk.this) {
                count(Call.TRUNCATE, name);
                node.truncate(size);
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
