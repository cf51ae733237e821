package io.kvgrid.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.util.ArrayList;
import java.util.List;

/** Makes records, each of which follows the one before. Not thread-safe. */
public final class RecordChain {
    private RecordId last;
    private long epoch;

    /** A chain that begins behind {@code last}, in its epoch, or in epoch 1 behind {@link RecordId#NONE}. */
    public RecordChain(RecordId last) {
        this.last = last;
        this.epoch = Math.max(1, last.epoch());
    }

    /** The record made last. */
    public RecordId last() {
        return last;
    }

    /** Goes on behind {@code id}, as after a truncation, in the next epoch. */
    public void rewind(RecordId id) {
        last = id;
        epoch++;
    }

    /** A record that sets {@code key} to {@code value} in map 1. */
    public LogRecord put(String key, String value) {
        return seal(RecordFormat.body(RecordKind.PUT, 1, key.getBytes(UTF_8), value.getBytes(UTF_8)), 0);
    }

    /** A record that sets a key of any map to any bytes, with an end of its time; 0 for none. */
    public LogRecord put(int mapId, byte[] key, byte[] value, long expiryMillis) {
        return seal(RecordFormat.body(RecordKind.PUT, mapId, key, value), expiryMillis);
    }

    /** A record that removes {@code key} from map 1. */
    public LogRecord remove(String key) {
        return seal(RecordFormat.body(RecordKind.REMOVE, 1, key.getBytes(UTF_8), new byte[0]), 0);
    }

    /** A record that changes no key. */
    public LogRecord noOp() {
        return seal(RecordFormat.body(RecordKind.NO_OP, 0, new byte[0], new byte[0]), 0);
    }

    /** {@code count} records that set keys {@code k<lsn>}. */
    public List<LogRecord> puts(int count) {
        List<LogRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long lsn = last.lsn() + 1;
            records.add(put("k" + lsn, "value " + lsn + " of epoch " + epoch));
        }
        return records;
    }

    private LogRecord seal(RecordBody body, long expiryMillis) {
        LogRecord record = body.seal(last, epoch, 1_000 + last.lsn(), expiryMillis);
        last = record.id();
        return record;
    }
}
