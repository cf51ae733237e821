package io.kvgrid.core.sim;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What a simulated disk holds: metadata, a base state, and the records behind it. */
final class DiskContent {
    /** Names an entry. */
    record Key(int mapId, ByteBuffer key) {}

    /** A change of the content, carried out at once on what the node sees and, when forced, on what survives. */
    sealed interface Change {
        void applyTo(DiskContent content);
    }

    record Append(List<LogRecord> records) implements Change {
        @Override
        public void applyTo(DiskContent content) {
            content.changes++;
            for (LogRecord record : records) {
                if (record.lsn() > content.lastLsn()) {
                    content.records.add(record);
                }
            }
        }
    }

    record Truncate(long lsn) implements Change {
        @Override
        public void applyTo(DiskContent content) {
            content.changes++;
            while (content.lastLsn() > lsn) {
                content.records.remove(content.records.size() - 1);
            }
        }
    }

    record SaveMetadata(ByteBuffer metadata) implements Change {
        @Override
        public void applyTo(DiskContent content) {
            content.changes++;
            content.metadata = Optional.of(metadata);
        }
    }

    /**
     * A known commit.
     *
     * @param state the grid's state then, if the records up to {@code lsn} become part of the base
     */
    record Commit(long lsn, Optional<ByteBuffer> state) implements Change {
        @Override
        public void applyTo(DiskContent content) {
            content.changes++;
            content.committedLsn = Math.max(content.committedLsn, lsn);
            state.ifPresent(s -> content.compact(lsn, s));
        }
    }

    record Install(Map<Key, SnapshotEntry> entries, RecordId label, ByteBuffer state) implements Change {
        @Override
        public void applyTo(DiskContent content) {
            content.changes++;
            content.entries = new LinkedHashMap<>(entries);
            content.base = label;
            content.state = state;
            content.records.clear();
            content.older.clear();
            content.committedLsn = label.lsn();
            content.damaged = false;
            content.misplaced = false;
        }
    }

    private Optional<ByteBuffer> metadata = Optional.empty();
    private RecordId base = RecordId.NONE;
    private ByteBuffer state = ByteBuffer.allocate(0);
    private Map<Key, SnapshotEntry> entries = new LinkedHashMap<>();
    private final ArrayList<LogRecord> records = new ArrayList<>();
    /** Records that are part of the base, kept to be read back; the last one is the base's. */
    private final ArrayList<LogRecord> older = new ArrayList<>();

    private long committedLsn;
    private boolean damaged;
    private boolean misplaced;
    private long changes;

    /** What can still be read once all but the metadata is damaged. */
    DiskContent damaged() {
        DiskContent left = new DiskContent();
        left.metadata = metadata;
        left.damaged = true;
        return left;
    }

    /** Whether it can only be replaced. */
    boolean isDamaged() {
        return damaged;
    }

    /** The same with two records in each other's place; there must be two. */
    DiskContent misplaced(RandomGenerator random) {
        DiskContent mixed = copy();
        int one = random.nextInt(records.size() - 1);
        Collections.swap(mixed.records, one, one + 1 + random.nextInt(records.size() - 1 - one));
        mixed.misplaced = true;
        return mixed;
    }

    /** Whether all of it can be read, and is what was written. */
    boolean isIntact() {
        return !damaged && !misplaced;
    }

    /** Grows with each change: who has looked at it need not look again before. */
    long changes() {
        return changes;
    }

    DiskContent copy() {
        DiskContent copy = new DiskContent();
        copy.metadata = metadata;
        copy.base = base;
        copy.state = state;
        copy.entries = new LinkedHashMap<>(entries);
        copy.records.addAll(records);
        copy.older.addAll(older);
        copy.committedLsn = committedLsn;
        copy.damaged = damaged;
        copy.misplaced = misplaced;
        return copy;
    }

    Optional<ByteBuffer> metadata() {
        return metadata.map(ByteBuffer::duplicate);
    }

    /** The last record whose effect the entries contain. */
    RecordId base() {
        return base;
    }

    ByteBuffer state() {
        return state.duplicate();
    }

    Iterable<SnapshotEntry> entries() {
        return entries.values();
    }

    /** The records behind the base. */
    List<LogRecord> records() {
        return records;
    }

    long committedLsn() {
        return committedLsn;
    }

    RecordId last() {
        return records.isEmpty() ? base : records.get(records.size() - 1).id();
    }

    /** The same as the LSN of {@link #last}. */
    long lastLsn() {
        return records.isEmpty() ? base.lsn() : records.get(records.size() - 1).lsn();
    }

    /** The record at {@code lsn}; empty if it is part of the base, or not there. */
    Optional<LogRecord> record(long lsn) {
        long index = lsn - base.lsn() - 1;
        return index >= 0 && index < records.size() ? Optional.of(records.get((int) index)) : Optional.empty();
    }

    /** The first LSN whose record can be read back. */
    long firstReadableLsn() {
        return older.isEmpty() ? base.lsn() + 1 : older.get(0).lsn();
    }

    /** The record at {@code lsn}, be it part of the base or not; empty if it is not there. */
    Optional<LogRecord> readable(long lsn) {
        long index = lsn - firstReadableLsn();
        return index >= 0 && index < older.size() ? Optional.of(older.get((int) index)) : record(lsn);
    }

    /** Forgets records below {@code lsn} that are part of the base. */
    void dropBelow(long lsn) {
        older.removeIf(record -> record.lsn() < lsn);
    }

    /** The identity at {@code lsn}, if that can be told. */
    Optional<RecordId> id(long lsn) {
        return lsn == base.lsn() ? Optional.of(base) : record(lsn).map(LogRecord::id);
    }

    private void compact(long lsn, ByteBuffer newState) {
        Optional<RecordId> newBase = id(lsn);
        if (newBase.isEmpty()) {
            return;
        }
        int covered = (int) (lsn - base.lsn());
        for (LogRecord record : records.subList(0, covered)) {
            if (record.kind() == RecordKind.PUT) {
                entries.put(new Key(record.mapId(), record.key()), SnapshotEntry.of(record));
            } else if (record.kind() == RecordKind.REMOVE) {
                entries.remove(new Key(record.mapId(), record.key()));
            }
        }
        older.addAll(records.subList(0, covered));
        records.subList(0, covered).clear();
        base = newBase.get();
        state = newState;
    }
}
