package io.kvgrid.core.runtime;

import io.kvgrid.GridView;
import io.kvgrid.core.replication.ReplicaState;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fills the replica's state and the store with what the persistence holds. Called by the persistence's thread; the loop
 * takes over what it made once the recovery's stage has completed. Only {@link #progress} is for any thread meanwhile.
 */
final class StateRecovery implements RecoveryHandler {
    private final ReplicaState state;
    private final GridStore store;
    private final DirtyKeys dirtyKeys;
    private GridStore.@Nullable Replacement base;
    private RecordId baseId = RecordId.NONE;
    private long committedLsn;

    private volatile long records;
    private volatile long bytes;
    private volatile long expected;

    StateRecovery(ReplicaState state, GridStore store, DirtyKeys dirtyKeys) {
        this.state = state;
        this.store = store;
        this.dirtyKeys = dirtyKeys;
    }

    @Override
    public void expect(long count) {
        expected = count;
    }

    @Override
    public void base(RecordId id, ByteBuffer gridState) {
        state.base(id, gridState);
        baseId = id;
        base = store.replacement();
    }

    @Override
    public void entry(SnapshotEntry entry) {
        if (base == null) {
            throw new IllegalStateException("an entry without a base, or behind the first record: " + entry);
        }
        base.add(entry);
        count(entry.length());
    }

    @Override
    public void record(LogRecord record) {
        finishBase();
        state.append(record);
        if (record.lsn() <= committedLsn) {
            commit();
        } else {
            dirtyKeys.mark(List.of(record)); // P25: what stays uncommitted is dirty from the start
        }
        count(record.length());
    }

    @Override
    public void committed(long lsn) {
        finishBase();
        committedLsn = Math.max(committedLsn, lsn);
        commit();
    }

    /** Everything has been given. */
    void finish() {
        finishBase();
    }

    /** How far the recovery is. */
    GridView.Progress progress() {
        return new GridView.Progress("recovering", records, bytes, expected);
    }

    private void commit() {
        state.commit(committedLsn).forEach(store::apply);
        dirtyKeys.clear(committedLsn);
    }

    private void finishBase() {
        if (base != null) {
            store.replaceBy(base, baseId.lsn());
            base = null;
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
    private void count(int length) {
        records++;
        bytes += length;
    }
}
