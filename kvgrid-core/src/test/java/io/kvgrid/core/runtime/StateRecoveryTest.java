package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.core.replication.ReplicaState;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.core.store.TestLog;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateRecoveryTest {
    private final ReplicaState state = ReplicaState.empty(1 << 20);
    private final GridStore store = new GridStore(new KeyHash(1, 2));
    private final DirtyKeys dirty = new DirtyKeys(store);
    private final StateRecovery recovery = new StateRecovery(state, store, dirty);
    private final TestLog log = new TestLog();

    @Test
    void committedRecordsAreAppliedAndTheTailStaysDirty() {
        recovery.committed(2); // ahead of the records
        recovery.record(log.put("a", "1"));
        recovery.record(log.put("b", "2"));
        recovery.record(log.put("a", "3"));
        recovery.record(log.put("c", "4"));
        recovery.committed(3);
        recovery.finish();

        assertThat(store.appliedLsn()).isEqualTo(3);
        assertThat(store.size()).isEqualTo(2);
        assertThat(lsn("a")).isZero();
        assertThat(lsn("c")).isEqualTo(4); // P25
        assertThat(state.last()).isEqualTo(log.last());
        assertThat(recovery.progress().records()).isEqualTo(4);
    }

    @Test
    void progressSaysHowManyAreExpected() {
        assertThat(recovery.progress().estimatedRecords()).isZero();

        recovery.expect(7);
        recovery.record(log.put("a", "1"));

        assertThat(recovery.progress().records()).isEqualTo(1);
        assertThat(recovery.progress().estimatedRecords()).isEqualTo(7);
    }

    @Test
    void recordsFollowTheBase() {
        ReplicaState before = ReplicaState.empty(1 << 20);
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            records.add(log.put("k" + i, "v"));
        }
        records.forEach(before::append);
        before.commit(5);
        RecordId label = before.committed();

        recovery.base(label, before.encode());
        for (LogRecord record : records) {
            recovery.entry(SnapshotEntry.of(record));
        }
        recovery.record(log.remove("k0"));
        recovery.committed(6);
        recovery.finish();

        assertThat(store.size()).isEqualTo(4);
        assertThat(store.appliedLsn()).isEqualTo(6);
        assertThat(state.committed()).isEqualTo(log.last());
    }

    @Test
    void aBaseWithoutRecordsIsTheState() {
        ReplicaState before = ReplicaState.empty(1 << 20);
        LogRecord record = log.put("k", "v");
        before.append(record);
        before.commit(1);

        recovery.base(record.id(), before.encode());
        recovery.entry(SnapshotEntry.of(record));
        assertThat(store.size()).isZero();
        recovery.finish();

        assertThat(store.size()).isEqualTo(1);
        assertThat(store.appliedLsn()).isEqualTo(1);
    }

    @Test
    void aGapEndsTheRecovery() {
        recovery.record(log.put("a", "1"));
        var unused = log.put("lost", "2");

        assertThatThrownBy(() -> recovery.record(log.put("b", "3"))).isInstanceOf(CorruptLogException.class);
        assertThatThrownBy(() -> new StateRecovery(ReplicaState.empty(1 << 20), store, dirty)
                        .base(RecordId.NONE, ByteBuffer.allocate(1)))
                .isInstanceOf(CorruptLogException.class);
    }

    private long lsn(String key) {
        return dirty.lsn(store.key(1, TestLog.bytes(key)));
    }
}
