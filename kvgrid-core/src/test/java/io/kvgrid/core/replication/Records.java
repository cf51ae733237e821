package io.kvgrid.core.replication;

import io.kvgrid.OperationId;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Makes log records that follow each other. */
final class Records {
    static final UUID CLIENT = new UUID(7, 7);

    private RecordId last;
    private long epoch;

    private Records(RecordId last, long epoch) {
        this.last = last;
        this.epoch = epoch;
    }

    static Records from(RecordId last, long epoch) {
        return new Records(last, epoch);
    }

    static Records first() {
        return new Records(RecordId.NONE, 1);
    }

    Records epoch(long next) {
        epoch = next;
        return this;
    }

    LogRecord put(String key, String value) {
        return seal(RecordFormat.body(RecordKind.PUT, 0, bytes(key), bytes(value)));
    }

    LogRecord put(String key, long number, long floor) {
        return seal(RecordFormat.body(RecordKind.PUT, 0, bytes(key), bytes("v"))
                .operation(new OperationId(CLIENT, number), floor));
    }

    LogRecord put(OperationId operation, long gridTimeMillis) {
        RecordBody body = RecordFormat.body(RecordKind.PUT, 0, bytes("k"), bytes("v"));
        LogRecord record = body.operation(operation, 0).seal(last, epoch, gridTimeMillis, 0);
        last = record.id();
        return record;
    }

    LogRecord epochStart() {
        return seal(RecordFormat.body(RecordKind.EPOCH_START, 0, new byte[0], new byte[0]));
    }

    private LogRecord seal(RecordBody body) {
        LogRecord record = body.seal(last, epoch, 0, 0);
        last = record.id();
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
