package io.kvgrid.examples.storage;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;

/** Follows a recovery to its last record, and checks that the chain is whole. */
final class LastRecord implements RecoveryHandler {
    private RecordId last = RecordId.NONE;

    RecordId id() {
        return last;
    }

    @Override
    public void base(RecordId id, ByteBuffer state) {
        throw new AssertionError("no snapshot was ever installed");
    }

    @Override
    public void entry(SnapshotEntry entry) {
        throw new AssertionError("no snapshot was ever installed");
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
        if (lsn > last.lsn()) {
            throw new AssertionError("committed " + lsn + " behind the last record " + last);
        }
    }
}
