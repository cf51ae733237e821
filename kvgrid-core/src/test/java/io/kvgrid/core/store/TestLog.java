package io.kvgrid.core.store;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.nio.charset.StandardCharsets;

/** Writes the records of a log, each chained to the one before. */
public final class TestLog {
    private RecordId last = RecordId.NONE;

    public LogRecord put(String key, String value) {
        return put(key, value, 0);
    }

    public LogRecord put(String key, String value, long expiryMillis) {
        return next(RecordKind.PUT, key, value, expiryMillis);
    }

    public LogRecord remove(String key) {
        return next(RecordKind.REMOVE, key, "", 0);
    }

    public LogRecord noOp() {
        return next(RecordKind.NO_OP, "", "", 0);
    }

    public RecordId last() {
        return last;
    }

    private LogRecord next(RecordKind kind, String key, String value, long expiryMillis) {
        LogRecord record = RecordFormat.body(kind, 1, bytes(key), bytes(value)).seal(last, 1, 0, expiryMillis);
        last = record.id();
        return record;
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
