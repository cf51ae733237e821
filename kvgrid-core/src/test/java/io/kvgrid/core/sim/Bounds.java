package io.kvgrid.core.sim;

import io.kvgrid.spi.persistence.LogRecord;
import java.util.List;

/** P42: what waits is bounded by what was configured. */
final class Bounds {
    private static final int MAX_EVENTS = 100_000;
    /** What no client asks for: the first record of an epoch, what expires, grid time. */
    private static final long OWN_RECORDS_BYTES = 8 << 10;
    /** No record of a workload is longer. */
    private static final long MAX_RECORD_BYTES = 512;

    private final SimClock clock;
    private final long maxTailBytes;

    Bounds(SimClock clock, SimSettings settings) {
        this.clock = clock;
        maxTailBytes = settings.maxUncommittedBytes() + OWN_RECORDS_BYTES;
    }

    /** Called after each event. */
    void check() {
        if (clock.size() > MAX_EVENTS) {
            throw new InvariantViolation("BoundedMemory", clock.size() + " events wait");
        }
    }

    /** Called after each event, for each node that has a role: the end of its log that it does not know to be committed. */
    void checkTail(SimNode node, long applied) {
        DiskContent content = node.disk().seen();
        long from = Math.max(applied, content.base().lsn());
        if ((content.lastLsn() - from) * MAX_RECORD_BYTES <= maxTailBytes) {
            return;
        }
        List<LogRecord> records = content.records();
        long bytes = 0;
        for (LogRecord record : records.subList((int) (from - content.base().lsn()), records.size())) {
            bytes += record.length();
        }
        if (bytes > maxTailBytes) {
            throw new InvariantViolation(
                    "BoundedMemory",
                    node.id() + " keeps " + bytes + " bytes that wait to be committed, and may keep " + maxTailBytes);
        }
    }
}
