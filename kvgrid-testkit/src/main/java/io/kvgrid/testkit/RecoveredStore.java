package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps what a recovery gives, and fails when it is given in a wrong order. */
public final class RecoveredStore implements RecoveryHandler {
    private RecordId base = RecordId.NONE;
    private @Nullable ByteBuffer state;
    private final Map<EntryKey, SnapshotEntry> entries = new HashMap<>();
    private final List<LogRecord> records = new ArrayList<>();
    private long committed;
    private @Nullable Thread thread;

    @Override
    public void base(RecordId id, ByteBuffer baseState) {
        checkThread();
        assertThat(state).as("at most one base").isNull();
        assertThat(entries).as("the base comes before its entries").isEmpty();
        assertThat(records).as("the base comes before the records").isEmpty();
        base = id;
        state = baseState;
    }

    @Override
    public void entry(SnapshotEntry entry) {
        checkThread();
        assertThat(state).as("entries come after the base").isNotNull();
        assertThat(records).as("entries come before the records").isEmpty();
        assertThat(entry.value()).as("an entry of the base is never a removal").isNotNull();
        assertThat(entries.put(EntryKey.of(entry), entry))
                .as("each key comes once")
                .isNull();
    }

    @Override
    public void record(LogRecord record) {
        checkThread();
        assertThat(record.follows(last())).as("%s follows %s", record, last()).isTrue();
        records.add(record);
    }

    @Override
    public void committed(long lsn) {
        checkThread();
        assertThat(lsn).as("committed grows from call to call").isGreaterThan(committed);
        committed = lsn;
    }

    /** The base's id; {@link RecordId#NONE} without a base. */
    public RecordId base() {
        return base;
    }

    /** The grid's state beside the entries; empty without a base. */
    public Optional<ByteBuffer> state() {
        return Optional.ofNullable(state);
    }

    /** The base's entries. */
    public Map<EntryKey, SnapshotEntry> entries() {
        return entries;
    }

    /** The records behind the base. */
    public List<LogRecord> records() {
        return records;
    }

    /** All up to there is known to be committed. */
    public long committed() {
        return Math.max(committed, base.lsn());
    }

    /** The last record. */
    public RecordId last() {
        return records.isEmpty() ? base : records.get(records.size() - 1).id();
    }

    private void checkThread() {
        Thread current = Thread.currentThread();
        assertThat(thread == null || thread == current)
                .as("recovery calls from one thread")
                .isTrue();
        thread = current;
    }
}
