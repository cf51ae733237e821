package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the grid's state at some LSN, as it stands in snapshots: the key, and either a value or, in the part of
 * a snapshot that repeats the log, a removal. Bytes are opaque and not copied; treat them as immutable.
 *
 * @param mapId the map the entry belongs to
 * @param key the encoded key
 * @param value the encoded value, or null if the entry removes the key
 * @param version LSN of the record that wrote the entry
 * @param expiryMillis grid time at which the entry ends, in milliseconds; 0 for never
 */
public record SnapshotEntry(
        int mapId, ByteBuffer key, @Nullable ByteBuffer value, long version, long expiryMillis) {
    /** Bytes that an entry takes beside its key and value, in memory budgets and batch limits. */
    public static final int OVERHEAD_BYTES = 32;

    /**
     * The entry that a record of kind {@link RecordKind#PUT} or {@link RecordKind#REMOVE} leaves.
     *
     * @throws IllegalArgumentException for records of other kinds, which leave none
     */
    public static SnapshotEntry of(LogRecord record) {
        return switch (record.kind()) {
            case PUT ->
                new SnapshotEntry(record.mapId(), record.key(), record.value(), record.lsn(), record.expiryMillis());
            case REMOVE -> new SnapshotEntry(record.mapId(), record.key(), null, record.lsn(), 0);
            default -> throw new IllegalArgumentException(record + " leaves no entry");
        };
    }

    /** Approximate size in bytes. */
    public int length() {
        return OVERHEAD_BYTES + key.remaining() + (value == null ? 0 : value.remaining());
    }

    @Override
    public String toString() {
        return "entry of map " + mapId + " at version " + version + " (" + length() + " bytes)";
    }
}
