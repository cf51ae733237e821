package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what a recovery gives, and checks that it comes in the promised order. */
final class Recovered implements RecoveryHandler {
    RecordId base = RecordId.NONE;

    @Nullable
    ByteBuffer state;

    final List<SnapshotEntry> entries = new ArrayList<>();
    final List<LogRecord> records = new ArrayList<>();
    long committed;
    long expected = -1;

    @Override
    public void expect(long count) {
        assertThat(state).as("first").isNull();
        assertThat(records).isEmpty();
        expected = count;
    }

    @Override
    public void base(RecordId id, ByteBuffer newState) {
        assertThat(state).as("one base, and first").isNull();
        assertThat(records).isEmpty();
        base = id;
        state = newState;
    }

    @Override
    public void entry(SnapshotEntry entry) {
        assertThat(state).as("a base before its entries").isNotNull();
        assertThat(records).isEmpty();
        assertThat(entry.value()).isNotNull();
        entries.add(entry);
    }

    @Override
    public void record(LogRecord record) {
        assertThat(record.follows(last())).as("%s follows %s", record, last()).isTrue();
        records.add(record);
    }

    @Override
    public void committed(long lsn) {
        assertThat(lsn).isGreaterThan(committed);
        committed = lsn;
    }

    RecordId last() {
        return records.isEmpty() ? base : records.get(records.size() - 1).id();
    }
}
