package io.kvgrid.core.replication;

import io.kvgrid.core.message.EpochStart;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica knows of its log: where it ends, what of it is committed, the records at its end, where each epoch
 * begins, which operations were applied, and the newest grid time. Filled by recovery, then owned by one
 * {@link Replica}; used by one thread at a time.
 *
 * <p>Invariant: {@code commitLsn <= last().lsn()}; every record above {@code commitLsn} is in memory.
 */
public final class ReplicaState {
    private static final byte STATE_VERSION = 2;

    /** Committed records kept in memory for peers that come back. */
    private final long retainedBytes;

    private RecordWindow window = new RecordWindow(1);
    private final EpochHistory history = new EpochHistory();
    private final OperationTable operations = new OperationTable();
    private RecordId last = RecordId.NONE;
    private RecordId committed = RecordId.NONE;
    private long lastGridTimeMillis;
    private long committedGridTimeMillis;
    /** Records from here on are kept while a joiner needs them; none while above every LSN. */
    private long pinnedLsn = Long.MAX_VALUE;

    private ReplicaState(long retainedBytes) {
        this.retainedBytes = retainedBytes;
    }

    /**
     * A log without records.
     *
     * @param retainedBytes how much of its end it keeps in memory, committed or not; what is not committed stays beyond
     */
    public static ReplicaState empty(long retainedBytes) {
        return new ReplicaState(retainedBytes);
    }

    /**
     * Replaces everything by the state at {@code id}.
     *
     * @param state what {@link #encode} gave
     * @throws CorruptLogException if it is not valid
     */
    public void base(RecordId id, ByteBuffer state) {
        ByteBuffer source = state.duplicate();
        try {
            byte version = source.get();
            if (version != STATE_VERSION) {
                throw new CorruptLogException("grid state: expected version " + STATE_VERSION + ", found " + version);
            }
            committedGridTimeMillis = source.getLong();
            List<EpochStart> starts = new ArrayList<>();
            for (int count = source.getInt(); count > 0; count--) {
                starts.add(new EpochStart(source.getLong(), source.getLong()));
            }
            history.replace(starts);
            operations.decode(source);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new CorruptLogException("the grid state at " + id + " cannot be read", e);
        }
        window = new RecordWindow(id.lsn() + 1);
        last = id;
        committed = id;
        lastGridTimeMillis = committedGridTimeMillis;
    }

    /**
     * Takes the next record.
     *
     * @throws CorruptLogException if it does not follow the last one (P12, S4)
     */
    public void append(LogRecord record) {
        if (!record.follows(last)) {
            throw new CorruptLogException("record " + record.id() + " does not follow " + last);
        }
        window.append(record);
        history.append(record);
        last = record.id();
        lastGridTimeMillis = Math.max(lastGridTimeMillis, record.gridTimeMillis());
    }

    /**
     * Moves the commit index to {@code lsn}, or to the last record if that comes before; never back.
     *
     * @return the records that became committed, in order
     */
    public List<LogRecord> commit(long lsn) {
        long end = Math.min(lsn, last.lsn());
        if (end <= committed.lsn()) {
            return List.of();
        }
        List<LogRecord> records = new ArrayList<>((int) Math.min(1 << 16, end - committed.lsn()));
        for (long at = committed.lsn() + 1; at <= end; at++) {
            LogRecord record = window.get(at);
            operations.apply(record);
            committedGridTimeMillis = Math.max(committedGridTimeMillis, record.gridTimeMillis());
            records.add(record);
        }
        committed = records.get(records.size() - 1).id();
        trim();
        return records;
    }

    /** Drops the uncommitted records above {@code lsn}, and returns them. */
    List<LogRecord> truncateAfter(long lsn) {
        if (lsn < committed.lsn()) { // P16
            throw new IllegalStateException("truncation to " + lsn + " would drop committed " + committed);
        }
        List<LogRecord> dropped = uncommittedAfter(lsn);
        if (!dropped.isEmpty()) {
            last = lsn == committed.lsn() ? committed : window.get(lsn).id();
            window.truncateAfter(lsn);
            history.truncateAfter(lsn);
            // the newest grid time stays: it must not go back (P36)
        }
        return dropped;
    }

    /** The records above {@code lsn}, which must not be below the commit index. */
    List<LogRecord> uncommittedAfter(long lsn) {
        List<LogRecord> records = new ArrayList<>();
        for (long at = Math.max(lsn, committed.lsn()) + 1; at <= last.lsn(); at++) {
            records.add(window.get(at));
        }
        return records;
    }

    /** The last record's identity; {@link RecordId#NONE} in an empty log. */
    public RecordId last() {
        return last;
    }

    /** The identity of the last committed record. */
    public RecordId committed() {
        return committed;
    }

    /** The grid's state beside its entries at the commit index; {@link #base} reads it. */
    public ByteBuffer encode() {
        List<EpochStart> starts = history.upTo(committed.lsn());
        ByteBuffer state = ByteBuffer.allocate(1 + 8 + 4 + 16 * starts.size() + operations.maxEncodedLength());
        state.put(STATE_VERSION).putLong(committedGridTimeMillis).putInt(starts.size());
        for (EpochStart start : starts) {
            state.putLong(start.epoch()).putLong(start.firstLsn());
        }
        operations.encode(state);
        return state.flip();
    }

    long commitLsn() {
        return committed.lsn();
    }

    long gridTimeMillis() {
        return lastGridTimeMillis;
    }

    RecordWindow window() {
        return window;
    }

    OperationTable operations() {
        return operations;
    }

    /** All epochs of the log. */
    List<EpochStart> epochs() {
        return history.upTo(last.lsn());
    }

    /** The last LSN at which this log and the other one are the same (P15). */
    long commonPrefix(List<EpochStart> other, RecordId otherLast) {
        return history.commonPrefix(last.lsn(), other, otherLast.lsn());
    }

    /** The identity of the record at {@code lsn}; null if it is no longer known. */
    @Nullable
    RecordId idOf(long lsn) {
        if (lsn == 0) {
            return RecordId.NONE;
        }
        if (lsn == committed.lsn()) {
            return committed;
        }
        return window.contains(lsn) ? window.get(lsn).id() : null;
    }

    /** Bytes of the records that are not committed. */
    long uncommittedBytes() {
        return window.bytesBetween(committed.lsn(), window.endLsn());
    }

    /** Bytes in memory that {@link #pin} alone may keep there: what is not committed stays in any case. */
    long releasableBytes() {
        return window.bytesBetween(0, committed.lsn());
    }

    /** Keeps the records from {@code lsn} on until told otherwise; {@code Long.MAX_VALUE} keeps none. */
    void pin(long lsn) {
        pinnedLsn = lsn;
        trim();
    }

    private void trim() {
        // the record at the commit index stays as well: its identity is asked for most
        window.trim(Math.min(pinnedLsn, committed.lsn()), retainedBytes);
    }
}
