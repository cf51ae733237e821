package io.kvgrid.spi.persistence;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The end of a log in memory: the records behind a base, by LSN, without a gap and chained. Refuses what does not
 * continue it. Not thread-safe.
 */
final class LogTail {
    private RecordId base;
    private final NavigableMap<Long, LogRecord> records;

    /** An empty tail behind {@code base}. */
    LogTail(RecordId base) {
        this(base, new TreeMap<>());
    }

    private LogTail(RecordId base, NavigableMap<Long, LogRecord> records) {
        this.base = base;
        this.records = records;
    }

    LogTail copy() {
        return new LogTail(base, new TreeMap<>(records));
    }

    /** The last record before this tail. */
    RecordId base() {
        return base;
    }

    /** The last record of all. */
    RecordId last() {
        return records.isEmpty() ? base : records.lastEntry().getValue().id();
    }

    /** The records, in order of LSN. */
    List<LogRecord> records() {
        return List.copyOf(records.values());
    }

    /**
     * Adds records; those that are held already are skipped.
     *
     * @return the ones that were added
     * @throws IllegalArgumentException if they do not continue the log, or differ from what it holds; nothing is added
     */
    List<LogRecord> append(List<LogRecord> added) {
        if (added.isEmpty()) {
            throw new IllegalArgumentException("no records to append");
        }
        RecordId last = last();
        List<LogRecord> fresh = new ArrayList<>(added.size());
        for (LogRecord record : added) {
            if (record.follows(last)) {
                fresh.add(record);
                last = record.id();
            } else if (!holds(record)) {
                throw new IllegalArgumentException(record + " does not follow the last record " + last
                        + ", and is not one that the log holds behind " + base + " (P10, P12)");
            }
        }
        fresh.forEach(record -> records.put(record.lsn(), record));
        return fresh;
    }

    /**
     * Removes all records above {@code lsn}.
     *
     * @return the ones that were removed
     * @throws IllegalArgumentException if {@code lsn} is below the base
     */
    List<LogRecord> truncateAfter(long lsn) {
        if (lsn < base.lsn()) {
            throw new IllegalArgumentException("cannot truncate after " + lsn + ": the log begins behind " + base);
        }
        return remove(records.tailMap(lsn, false));
    }

    /**
     * Moves the base up to {@code lsn}.
     *
     * @return the records that are no longer behind it
     */
    List<LogRecord> removeUpTo(long lsn) {
        List<LogRecord> removed = remove(records.headMap(lsn, true));
        if (!removed.isEmpty()) {
            base = removed.get(removed.size() - 1).id();
        }
        return removed;
    }

    /** Forgets all records and begins behind {@code newBase}. */
    void reset(RecordId newBase) {
        records.clear();
        base = newBase;
    }

    private boolean holds(LogRecord record) {
        LogRecord held = records.get(record.lsn());
        return held != null && held.equals(record);
    }

    private static List<LogRecord> remove(NavigableMap<Long, LogRecord> part) {
        List<LogRecord> removed = List.copyOf(part.values());
        part.clear();
        return removed;
    }
}
