package io.kvgrid.core.replication;

import io.kvgrid.spi.persistence.LogRecord;
import java.util.List;

/** A change of this node's log, to be carried out in order. */
public sealed interface LogChange {
    /** Append records; their keys are marked dirty first (P25). {@link Input.LogFlushed} follows. */
    record Append(List<LogRecord> records) implements LogChange {}

    /**
     * Drop the records above {@code lsn}; the keys of {@code dropped} lose their marks, unless an earlier record marks
     * them still. {@link Input.LogTruncated} follows.
     *
     * @param remaining the uncommitted records that stay
     */
    record Truncate(long lsn, List<LogRecord> dropped, List<LogRecord> remaining) implements LogChange {}
}
