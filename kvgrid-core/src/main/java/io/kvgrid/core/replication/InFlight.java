package io.kvgrid.core.replication;

import io.kvgrid.spi.persistence.LogRecord;
import java.util.ArrayDeque;
import java.util.List;

/** How many bytes of records were sent to one peer and are not known to be on its disk. A batch counts until all of it is. */
final class InFlight {
    private record Batch(long lastLsn, long bytes) {}

    private final ArrayDeque<Batch> batches = new ArrayDeque<>();
    private long bytes;

    long bytes() {
        return bytes;
    }

    void sent(List<LogRecord> records) {
        long length = 0;
        for (LogRecord record : records) {
            length += record.length();
        }
        batches.addLast(new Batch(records.get(records.size() - 1).lsn(), length));
        bytes += length;
    }

    /** All up to {@code lsn} is on its disk. */
    void flushed(long lsn) {
        for (Batch first = batches.peekFirst(); first != null && first.lastLsn <= lsn; first = batches.peekFirst()) {
            bytes -= first.bytes;
            batches.removeFirst();
        }
    }

    /** What was sent is lost, and is sent again. */
    void clear() {
        batches.clear();
        bytes = 0;
    }
}
