package io.kvgrid.persistence.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Encoded entries by their keys: the last one of each key counts. Keeps the bytes as they are and makes no object for an
 * entry, since a compaction handles millions of them beside a log that must not wait for garbage to be collected. Not
 * thread-safe.
 */
final class EntryTable {
    static final EntryTable EMPTY = new EntryTable(ByteBuffer.allocate(0));

    private static final int FREE = -1;

    private final ByteBuffer bytes;

    /** Where the last entry of a key starts, at its hash or behind; a power of two, half of it free. */
    private int[] starts = newSlots(16);

    private int[] hashes = new int[16];
    private int keys;

    /** Takes entries, as {@link EntryCodec} lays them out; each is valid during the call only. */
    interface Sink {
        void add(ByteBuffer entry) throws IOException;
    }

    /** @param bytes in which entries stand; they must stay as they are */
    private EntryTable(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /**
     * The entries that stand one behind the other in {@code bytes}, the later one of two with the same key.
     *
     * @param path of what was read, for messages
     * @throws Damage if other bytes stand there
     */
    static EntryTable of(ByteBuffer bytes, String path, Courtesy courtesy) throws Damage {
        EntryTable table = new EntryTable(bytes);
        int start = bytes.position();
        while (start < bytes.limit()) {
            int length = EntryCodec.length(bytes, start, path, start);
            table.put(start, EntryCodec.hash(bytes, start));
            start += length;
            courtesy.handled(length);
        }
        return table;
    }

    private void put(int start, int hash) {
        if (2 * keys >= starts.length) {
            grow();
        }
        int slot = slot(bytes, start, hash);
        if (starts[slot] == FREE) {
            keys++;
        }
        starts[slot] = start;
        hashes[slot] = hash;
    }

    /** Whether it has an entry with the key of the one at {@code start} of {@code other}, which hashes to {@code hash}. */
    boolean hasKeyOf(ByteBuffer other, int start, int hash) {
        return starts[slot(other, start, hash)] != FREE;
    }

    /** Gives the last entry of each key, in the order in which they stand, without the removals. */
    void values(Sink sink) throws IOException {
        int[] order =
                Arrays.stream(starts).filter(start -> start != FREE).sorted().toArray();
        for (int start : order) {
            if (EntryCodec.hasValue(bytes, start)) {
                sink.add(EntryCodec.slice(bytes, start));
            }
        }
    }

    /** Where that key stands, or could stand. */
    private int slot(ByteBuffer other, int start, int hash) {
        int mask = starts.length - 1;
        int slot = hash & mask;
        while (starts[slot] != FREE
                && (hashes[slot] != hash || !EntryCodec.sameKey(bytes, starts[slot], other, start))) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] oldStarts = starts;
        int[] oldHashes = hashes;
        starts = newSlots(2 * oldStarts.length);
        hashes = new int[starts.length];
        int mask = starts.length - 1;
        for (int i = 0; i < oldStarts.length; i++) {
            if (oldStarts[i] != FREE) {
                int slot = oldHashes[i] & mask;
                while (starts[slot] != FREE) {
                    slot = (slot + 1) & mask;
                }
                starts[slot] = oldStarts[i];
                hashes[slot] = oldHashes[i];
            }
        }
    }

    private static int[] newSlots(int count) {
        int[] slots = new int[count];
        Arrays.fill(slots, FREE);
        return slots;
    }
}
