package io.kvgrid.testkit;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;

/** Names one entry of a grid: its map and its encoded key. */
public record EntryKey(int mapId, ByteBuffer key) {
    /** The key of {@code entry}. */
    public static EntryKey of(SnapshotEntry entry) {
        return new EntryKey(entry.mapId(), entry.key());
    }

    /** The key that {@code record} sets or removes. */
    public static EntryKey of(LogRecord record) {
        return new EntryKey(record.mapId(), record.key());
    }
}
