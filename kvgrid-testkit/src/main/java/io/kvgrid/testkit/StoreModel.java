package io.kvgrid.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a store must hold: a snapshot, and all records since. Deliberately simple; nothing is ever compacted. */
final class StoreModel {
    private RecordId label = RecordId.NONE;
    private Map<EntryKey, SnapshotEntry> snapshot = Map.of();
    private final List<LogRecord> records = new ArrayList<>();
    private long committed;

    RecordId last() {
        return records.isEmpty() ? label : records.get(records.size() - 1).id();
    }

    long committed() {
        return committed;
    }

    /** The record with that LSN, or the label. */
    RecordId at(long lsn) {
        return lsn == label.lsn()
                ? label
                : records.get((int) (lsn - label.lsn() - 1)).id();
    }

    /** That many records from {@code lsn} on, which is above the label. */
    List<LogRecord> records(long lsn, int count) {
        int first = (int) (lsn - label.lsn() - 1);
        return List.copyOf(records.subList(count == 0 ? 0 : first, count == 0 ? 0 : first + count));
    }

    void append(List<LogRecord> added) {
        records.addAll(added);
    }

    void truncateAfter(long lsn) {
        records.removeIf(record -> record.lsn() > lsn);
    }

    void committed(long lsn) {
        committed = Math.max(committed, lsn);
    }

    void install(RecordId newLabel, List<SnapshotEntry> added) {
        label = newLabel;
        records.clear();
        committed = newLabel.lsn();
        snapshot = new HashMap<>();
        for (SnapshotEntry entry : added) {
            if (entry.value() == null) {
                snapshot.remove(EntryKey.of(entry));
            } else {
                snapshot.put(EntryKey.of(entry), entry);
            }
        }
    }

    /** The state beside the entries that belongs to an LSN. */
    static ByteBuffer stateAt(long lsn) {
        return ByteBuffer.wrap(("state after " + lsn).getBytes(UTF_8)).asReadOnlyBuffer();
    }

    /** Asserts that {@code found} is this store, compacted up to any committed record. */
    void assertHeldBy(RecoveredStore found) {
        assertThat(found.last()).as("the last record").isEqualTo(last());
        long baseLsn = found.base().lsn();
        assertThat(baseLsn).as("the base is committed").isBetween(label.lsn(), committed);
        assertThat(found.base()).as("the base").isEqualTo(at(baseLsn));
        if (baseLsn > 0) {
            assertThat(found.state()).as("the base's state").contains(stateAt(baseLsn));
        }
        assertThat(found.entries()).as("entries at %s", found.base()).isEqualTo(entriesAt(baseLsn));
        assertThat(found.records())
                .as("records behind %s", found.base())
                .isEqualTo(records.subList((int) (baseLsn - label.lsn()), records.size()));
        assertThat(found.committed()).as("known to be committed").isLessThanOrEqualTo(committed);
    }

    private Map<EntryKey, SnapshotEntry> entriesAt(long lsn) {
        Map<EntryKey, SnapshotEntry> entries = new HashMap<>(snapshot);
        for (LogRecord record : records) {
            if (record.lsn() > lsn) {
                break;
            }
            if (record.kind() == RecordKind.PUT) {
                entries.put(EntryKey.of(record), SnapshotEntry.of(record));
            } else if (record.kind() == RecordKind.REMOVE) {
                entries.remove(EntryKey.of(record));
            }
        }
        return entries;
    }
}
