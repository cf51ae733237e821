package io.kvgrid.persistence.file;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds a record in the segments by reading from the front of the right one: correct, slow, rarely needed. */
final class LogScanner {
    private LogScanner() {}

    /**
     * Where the log would have to be cut so that it ends with {@code lsn}.
     *
     * @param lsn at or above the log's base, at or below its last record
     * @param end position behind the last group of the growing segment
     */
    static LogEnd find(StoreFiles files, long lsn, long end) throws IOException {
        Manifest manifest = files.manifest();
        int index = manifest.segments().size() - 1;
        while (index > 0 && manifest.segments().get(index).before().lsn() > lsn) {
            index--;
        }
        SegmentInfo info = manifest.segments().get(index);
        String path = files.disk().path(info.fileName());
        try (DiskFile file = files.disk().open(info.fileName())) {
            SegmentReader reader =
                    new SegmentReader(new ReadWindow(), file, info, path, info.sealed() ? info.end() : end);
            RecordId before = info.before();
            List<LogRecord> group = new ArrayList<>();
            while (before.lsn() < lsn) {
                reader.nextGroup(before);
                RecordId last = before;
                while (reader.hasNextRecord() && last.lsn() < lsn) {
                    LogRecord record = reader.nextRecord(last);
                    last = record.id();
                    group.add(record);
                }
                if (reader.hasNextRecord()) {
                    return new LogEnd(index, reader.groupPosition(), before, List.copyOf(group), false);
                }
                group.clear();
                before = last;
            }
            return new LogEnd(index, reader.groupEnd(), before, List.of(), false);
        } catch (Damage e) {
            throw e.corrupt("it has been forced");
        }
    }
}
