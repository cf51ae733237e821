package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares two nodes' stores: the records that both hold, and the entries that each leaves at the last LSN that both
 * have. One may have compacted more than the other, or be behind it; that is no difference. Keeps keys and checksums in
 * memory.
 */
final class StoreDiff {
    private final StoreReader first;
    private final StoreReader second;

    StoreDiff(StoreReader first, StoreReader second) {
        this.first = first;
        this.second = second;
    }

    /** A key with its map. */
    private record Key(int mapId, ByteBuffer bytes) {
        static Key of(SnapshotEntry entry) {
            return new Key(entry.mapId(), entry.key());
        }
    }

    /** An entry without its bytes. */
    private record Digest(long version, long expiryMillis, int checksum) {}

    /** The identity of each record, and the entries at one LSN. */
    private static final class Content implements RecoveryHandler {
        final TreeMap<Long, RecordId> ids = new TreeMap<>();
        final Map<Key, Digest> entries = new HashMap<>();
        private final long upTo;

        /** @param upTo records above it leave no entry */
        Content(long upTo) {
            this.upTo = upTo;
            ids.put(0L, RecordId.NONE);
        }

        static Content of(StoreReader reader, long upTo) throws IOException {
            Content content = new Content(upTo);
            reader.read(content);
            return content;
        }

        long last() {
            return ids.lastKey();
        }

        long base() {
            return ids.firstKey();
        }

        @Override
        public void base(RecordId id, ByteBuffer state) {
            ids.clear();
            ids.put(id.lsn(), id);
        }

        @Override
        public void entry(SnapshotEntry entry) {
            put(entry);
        }

        @Override
        public void record(LogRecord record) {
            ids.put(record.lsn(), record.id());
            boolean leavesEntry = record.kind() == RecordKind.PUT || record.kind() == RecordKind.REMOVE;
            if (leavesEntry && record.lsn() <= upTo) {
                put(SnapshotEntry.of(record));
            }
        }

        @Override
        public void committed(long lsn) {
            // both may know of different ones
        }

        private void put(SnapshotEntry entry) {
            Key key = Key.of(entry);
            ByteBuffer value = entry.value();
            if (value == null) {
                entries.remove(key);
            } else {
                int checksum = Checksum.of(value, value.position(), value.remaining());
                entries.put(key, new Digest(entry.version(), entry.expiryMillis(), checksum));
            }
        }
    }

    /** Prints what differs. Returns whether nothing does. */
    boolean print(PrintWriter out) throws IOException {
        Content one = Content.of(first, 0);
        Content other = Content.of(second, 0);
        long common = Math.min(one.last(), other.last());
        long start = Math.max(one.base(), other.base());
        if (start > common) {
            out.println("CANNOT COMPARE: one ends at lsn " + common + ", the other's snapshot contains lsn " + start
                    + " already");
            return false;
        }
        for (long lsn = start; lsn <= common; lsn++) {
            if (!idAt(one, lsn).equals(idAt(other, lsn))) {
                out.println("DIFFERENT from lsn " + lsn + " on: " + idAt(one, lsn) + " and " + idAt(other, lsn));
                return false;
            }
        }
        long different = differentEntries(Content.of(first, common).entries, Content.of(second, common).entries);
        if (different > 0) {
            out.println("DIFFERENT " + different + " entries at lsn " + common + ", behind equal records");
            return false;
        }
        out.println(
                "SAME up to lsn " + common + "; the first ends at " + one.last() + ", the second at " + other.last());
        return true;
    }

    private static RecordId idAt(Content content, long lsn) {
        RecordId id = content.ids.get(lsn);
        if (id == null) {
            throw new IllegalStateException("a store holds no lsn " + lsn);
        }
        return id;
    }

    private static long differentEntries(Map<Key, Digest> one, Map<Key, Digest> other) {
        long missing =
                other.keySet().stream().filter(key -> !one.containsKey(key)).count();
        return missing
                + one.entrySet().stream()
                        .filter(entry -> !entry.getValue().equals(other.get(entry.getKey())))
                        .count();
    }
}
