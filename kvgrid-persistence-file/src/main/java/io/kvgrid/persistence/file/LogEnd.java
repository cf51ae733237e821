package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;

/**
 * Where a log is to go on, as recovery or a truncation found it.
 *
 * @param segment index of the segment to go on in, or to cut; -1 if the log has none
 * @param position where it ends: behind its last group, or before the first one to drop
 * @param before the last record before {@code position}
 * @param rewrite records behind {@code before} that stay, but whose bytes here are not to be relied on: never known to
 *     be forced (S3), or in one group with records to drop
 * @param inPlace whether zeros follow, nothing is to be rewritten and appending can go on right there
 */
record LogEnd(int segment, long position, RecordId before, List<LogRecord> rewrite, boolean inPlace) {
    /** The log's last record. */
    RecordId last() {
        return rewrite.isEmpty() ? before : rewrite.get(rewrite.size() - 1).id();
    }
}
