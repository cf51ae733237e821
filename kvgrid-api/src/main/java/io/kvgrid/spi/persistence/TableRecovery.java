package io.kvgrid.spi.persistence;

import org.jspecify.annotations.Nullable;

/** Reads a surveyed table into a {@link RecoveryHandler}, and deletes what does not count. Runs on the store's thread, once. */
final class TableRecovery {
    private final EntryStore store;
    private final StoreThread thread;
    private final RecoveryHandler handler;
    private long entries;
    private long bytes;
    private @Nullable RuntimeException failure;

    TableRecovery(EntryStore store, StoreThread thread, RecoveryHandler handler) {
        this.store = store;
        this.thread = thread;
        this.handler = handler;
    }

    RecoveryReport run(TableSurvey survey) throws Exception {
        long start = System.nanoTime();
        TableState state = survey.state();
        thread.adopt(state);
        survey.giveBase(handler);
        try {
            store.scan((key, value) -> row(state, key, value));
        } catch (Exception e) {
            throw failure != null ? failure : e;
        }
        if (failure != null) {
            throw failure;
        }
        for (LogRecord record : state.log().records()) {
            bytes += record.length();
            handler.record(record);
        }
        if (state.committed() > 0) {
            handler.committed(state.committed());
        }
        thread.sweepAll();
        int records = state.log().records().size();
        return new RecoveryReport(
                entries, records, 0, bytes, 0, "", System.nanoTime() - start, RecoveryReport.LastRun.UNKNOWN);
    }

    /** Keeps the first failure apart from the store's own, which may wrap or swallow what its receiver throws. */
    private void row(TableState state, byte[] key, byte[] value) {
        if (failure != null || key[0] != RowFormat.ENTRY) {
            return;
        }
        try {
            if (RowFormat.generation(key) == state.generation()) {
                SnapshotEntry entry = RowFormat.entry(key, value);
                entries++;
                bytes += key.length + value.length;
                handler.entry(entry);
            } else {
                thread.noteIfStale(key);
            }
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }
}
