package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.util.ArrayList;
import java.util.List;

/** Makes records, each of which follows the one before. */
final class Chain {
    private RecordId last;
    private long epoch;

    Chain(RecordId last) {
        this.last = last;
        this.epoch = Math.max(1, last.epoch());
    }

    Chain() {
        this(RecordId.NONE);
    }

    /** Goes on behind {@code id}, in the next epoch. */
    void rewind(RecordId id) {
        last = id;
        epoch = Math.max(epoch, id.epoch()) + 1;
    }

    LogRecord put(String value) {
        String key = "key" + last.lsn() % 10;
        LogRecord record = RecordFormat.body(RecordKind.PUT, 1, key.getBytes(UTF_8), value.getBytes(UTF_8))
                .seal(last, epoch, 1_000 + last.lsn(), 0);
        last = record.id();
        return record;
    }

    LogRecord remove(String key) {
        LogRecord record = RecordFormat.body(RecordKind.REMOVE, 1, key.getBytes(UTF_8), new byte[0])
                .seal(last, epoch, 1_000 + last.lsn(), 0);
        last = record.id();
        return record;
    }

    List<LogRecord> puts(int count, int valueBytes) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(put((epoch + ":" + (last.lsn() + 1) + " ")
                    .repeat(valueBytes / 4 + 1)
                    .substring(0, valueBytes)));
        }
        return records;
    }
}
