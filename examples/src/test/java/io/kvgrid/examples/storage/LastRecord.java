package io.kvgrid.examples.storage;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;

/** Follows a recovery to its last record, and checks that the chain is whole. */
final class LastRecord implements RecoveryHandler {
    private RecordId base = RecordId.NONE;
    private RecordId last = RecordId.NONE;
    private long committedLsn;

    RecordId id() {
        if (committedLsn > last.lsn()) {
            throw new AssertionError("committed " + committedLsn + " behind the last record " + last);
        }
        return last;
    }

    @Override
    public void base(RecordId id, ByteBuffer state) {
        base = id;
        last = id;
    }

    @Override
    public void entry(SnapshotEntry entry) {
        if (entry.version() > base.lsn()) {
            throw new AssertionError("an entry of lsn " + entry.version() + " in the state of " + base);
        }
    }

    @Override
    public void record(LogRecord record) {
        if (!record.follows(last)) {
            throw new AssertionError(record + " does not follow " + last);
        }
        last = record.id();
    }

    @Override
    public void committed(long lsn) {
        committedLsn = Math.max(committedLsn, lsn);
    }
}
