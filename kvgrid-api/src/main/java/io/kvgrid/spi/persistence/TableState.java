package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of an {@link EntryStore} amount to, and the changes that lead there from the state before. Calls are
 * planned on the {@link #next} state, which takes the place of the present one once its {@link #batch} is written: a
 * write that fails leaves no trace. Confined to the store's thread.
 */
final class TableState {
    private final LogTail log;
    private final List<EntryStore.Change> batch = new ArrayList<>();
    private long batchBytes;
    private boolean formatted;
    private long generation;
    private long installing;
    private long committed;
    private long committedWritten;
    private @Nullable ByteBuffer baseState;
    private boolean stale;
    private boolean uncertain;

    /**
     * The state of rows that were read.
     *
     * @param formatted whether the table has its format row
     * @param generation the one whose entries count
     * @param log the records of the tail, behind the base
     * @param committed all records up to there are known to be committed
     * @param baseState the grid's state beside its entries; null without a base row
     */
    TableState(boolean formatted, long generation, LogTail log, long committed, @Nullable ByteBuffer baseState) {
        this.formatted = formatted;
        this.generation = generation;
        this.log = log;
        this.committed = committed;
        this.committedWritten = committed;
        this.baseState = baseState;
    }

    /** A copy with no changes yet. */
    TableState next() {
        TableState next = new TableState(formatted, generation, log.copy(), committed, baseState);
        next.committedWritten = committedWritten;
        next.installing = installing;
        next.stale = stale;
        if (uncertain) {
            next.restore();
        }
        return next;
    }

    void append(List<LogRecord> records) {
        log.append(records).forEach(record -> add(RowFormat.tail(record)));
    }

    void truncateAfter(long lsn) {
        if (lsn < committed) {
            throw new IllegalArgumentException(
                    "cannot truncate after " + lsn + ": all up to " + committed + " is committed (P16)");
        }
        log.truncateAfter(lsn).forEach(record -> add(RowFormat.deleteTail(record.lsn())));
    }

    void saveMetadata(ByteBuffer metadata) {
        add(RowFormat.metadata(metadata));
    }

    /** Notes that records are committed and, with a state, moves them from the tail to the entries. */
    void committed(long lsn, @Nullable ByteBuffer state) {
        if (lsn > log.last().lsn()) {
            return; // its append was refused
        }
        committed = Math.max(committed, lsn);
        if (state == null || lsn <= log.base().lsn()) {
            return;
        }
        for (LogRecord record : log.removeUpTo(lsn)) {
            add(RowFormat.deleteTail(record.lsn()));
            if (record.kind() == RecordKind.PUT || record.kind() == RecordKind.REMOVE) {
                add(RowFormat.entry(generation, SnapshotEntry.of(record)));
            }
        }
        baseState = state;
        add(RowFormat.base(generation, log.base(), state));
    }

    /** Adds entries of a generation that does not count yet. */
    void install(long newGeneration, List<SnapshotEntry> entries) {
        checkNotCounting(newGeneration);
        installing = newGeneration;
        entries.forEach(entry -> add(RowFormat.entry(newGeneration, entry)));
    }

    /** Makes a generation the one that counts (P33, S13). */
    void switchTo(long newGeneration, RecordId label, ByteBuffer state) {
        checkNotCounting(newGeneration);
        log.truncateAfter(log.base().lsn()).forEach(record -> add(RowFormat.deleteTail(record.lsn())));
        log.reset(label);
        add(RowFormat.base(newGeneration, label, state));
        add(RowFormat.committed(label.lsn()));
        generation = newGeneration;
        baseState = state;
        committed = label.lsn();
        committedWritten = committed;
        endInstallation();
    }

    private void checkNotCounting(long newGeneration) {
        if (newGeneration == generation) {
            throw new IllegalArgumentException("the snapshot of generation " + newGeneration + " is installed already");
        }
    }

    /** The generation being installed, if any, will never count. */
    void endInstallation() {
        installing = 0;
        stale = true;
    }

    /** A switch that failed has been given up, but the table may have switched: the next batch has to put that right. */
    void doubt() {
        uncertain = true;
    }

    /** Whether the table may hold another state than this one. */
    boolean isDoubted() {
        return uncertain;
    }

    /** Writes the rows again that a switch changes. */
    void restore() {
        add(baseState == null ? RowFormat.deleteBase() : RowFormat.base(generation, log.base(), baseState));
        add(RowFormat.committed(committed));
        committedWritten = committed;
        log.records().forEach(record -> add(RowFormat.tail(record)));
    }

    /** Whether the table may hold rows that do not count and have not been looked for. */
    boolean hasStale() {
        return stale;
    }

    void hasStale(boolean has) {
        stale = has;
    }

    /** Whether an entry row of that generation does not count and never will. */
    boolean isStale(long rowGeneration) {
        return rowGeneration != generation && rowGeneration != installing;
    }

    long generation() {
        return generation;
    }

    LogTail log() {
        return log;
    }

    long committed() {
        return committed;
    }

    long batchBytes() {
        return batchBytes;
    }

    /**
     * The changes that lead to this state; empty if none is worth a write. What is known to be committed is written in
     * the company of other changes only, unless {@code last}.
     */
    List<EntryStore.Change> batch(boolean last) {
        if (committed > committedWritten && (last || !batch.isEmpty())) {
            add(RowFormat.committed(committed));
            committedWritten = committed;
        }
        if (!formatted && !batch.isEmpty()) {
            add(RowFormat.format());
            formatted = true;
        }
        return List.copyOf(batch);
    }

    private void add(EntryStore.Change change) {
        byte[] value = change.value();
        batchBytes += change.key().length + (value == null ? 0 : value.length);
        batch.add(change);
    }
}
