package io.kvgrid.core.replication;

import io.kvgrid.spi.persistence.LogRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of the log, in memory: records of contiguous LSNs in a ring. Each slot also knows how many bytes were ever
 * appended before it, so that the bytes between two LSNs cost one subtraction.
 */
final class RecordWindow {
    private LogRecord[] records = new LogRecord[64];
    private long[] startBytes = new long[64];
    private long firstLsn;
    private long endLsn;
    private long endBytes;

    /** An empty window; the next record has LSN {@code nextLsn}. */
    RecordWindow(long nextLsn) {
        firstLsn = nextLsn;
        endLsn = nextLsn;
    }

    /** The first LSN that is here; {@link #endLsn} if none is. */
    long firstLsn() {
        return firstLsn;
    }

    /** One above the last LSN that is here. */
    long endLsn() {
        return endLsn;
    }

    boolean contains(long lsn) {
        return lsn >= firstLsn && lsn < endLsn;
    }

    LogRecord get(long lsn) {
        if (!contains(lsn)) {
            throw new IllegalStateException("lsn " + lsn + " is not in the window [" + firstLsn + ", " + endLsn + ")");
        }
        return records[slot(lsn)];
    }

    void append(LogRecord record) {
        if (endLsn - firstLsn == records.length) {
            grow();
        }
        int slot = slot(endLsn);
        records[slot] = record;
        startBytes[slot] = endBytes;
        endBytes += record.length();
        endLsn++;
    }

    /** Drops the records above {@code lsn}. */
    void truncateAfter(long lsn) {
        while (endLsn > firstLsn && endLsn - 1 > lsn) {
            endLsn--;
            endBytes = startBytes[slot(endLsn)];
            clear(endLsn);
        }
    }

    /** Drops records from the front, never {@code keepFrom} or above, until at most {@code maxBytes} are left. */
    void trim(long keepFrom, long maxBytes) {
        while (firstLsn < Math.min(keepFrom, endLsn) && endBytes - startBytes[slot(firstLsn)] > maxBytes) {
            clear(firstLsn);
            firstLsn++;
        }
    }

    /** Bytes of all records here. */
    long bytes() {
        return firstLsn == endLsn ? 0 : endBytes - startBytes[slot(firstLsn)];
    }

    /** Bytes of the records above {@code lsn} and below {@code end}, as far as they are here. */
    long bytesBetween(long lsn, long end) {
        long from = Math.max(lsn + 1, firstLsn);
        long to = Math.min(end, endLsn);
        return from >= to ? 0 : startOf(to) - startOf(from);
    }

    /** Records from {@code lsn} up to {@code lastLsn}: at least one, then as many as fit into {@code maxBytes}. */
    List<LogRecord> batch(long lsn, long lastLsn, int maxBytes) {
        List<LogRecord> batch = new ArrayList<>();
        long bytes = 0;
        for (long at = lsn; at <= lastLsn && at < endLsn; at++) {
            LogRecord record = get(at);
            bytes += record.length();
            if (bytes > maxBytes && !batch.isEmpty()) {
                break;
            }
            batch.add(record);
        }
        return batch;
    }

    private long startOf(long lsn) {
        return lsn == endLsn ? endBytes : startBytes[slot(lsn)];
    }

    @SuppressWarnings("NullAway") // a slot outside the window is never read
    private void clear(long lsn) {
        records[slot(lsn)] = null;
    }

    private int slot(long lsn) {
        return (int) (lsn & (records.length - 1));
    }

    private void grow() {
        LogRecord[] oldRecords = records;
        long[] oldStarts = startBytes;
        int oldMask = oldRecords.length - 1;
        records = new LogRecord[oldRecords.length * 2];
        startBytes = new long[records.length];
        for (long lsn = firstLsn; lsn < endLsn; lsn++) {
            records[slot(lsn)] = oldRecords[(int) (lsn & oldMask)];
            startBytes[slot(lsn)] = oldStarts[(int) (lsn & oldMask)];
        }
    }
}
