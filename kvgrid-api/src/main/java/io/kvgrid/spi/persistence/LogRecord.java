package io.kvgrid.spi.persistence;

import io.kvgrid.OperationId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * An effect to replay: one record of the log, a read-only view of its bytes, laid out and checked by
 * {@link RecordFormat}. Immutable. {@link #toString} shows no key and no value (X11).
 */
public final class LogRecord {
    private final byte[] bytes;

    LogRecord(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The record's identity. */
    public RecordId id() {
        return new RecordId(epoch(), lsn(), checksum());
    }

    /** The identity its predecessor must have, but for the epoch, which the chain does not name. */
    public int previousChecksum() {
        return RecordFormat.getInt(bytes, RecordFormat.PREVIOUS);
    }

    /** Whether this record continues a log that ends with {@code previous}: next LSN, chained, epoch not lower. */
    public boolean follows(RecordId previous) {
        return lsn() == previous.lsn() + 1 && previousChecksum() == previous.checksum() && epoch() >= previous.epoch();
    }

    public long epoch() {
        return RecordFormat.getLong(bytes, RecordFormat.EPOCH);
    }

    public long lsn() {
        return RecordFormat.getLong(bytes, RecordFormat.LSN);
    }

    /** CRC32C of the header, which proves the whole record. */
    public int checksum() {
        return RecordFormat.getInt(bytes, RecordFormat.HEADER_CRC);
    }

    public RecordKind kind() {
        try {
            return RecordKind.of(bytes[RecordFormat.KIND]);
        } catch (InvalidRecordException e) {
            throw new IllegalStateException(e); // checked when the record was made
        }
    }

    public int mapId() {
        return RecordFormat.getInt(bytes, RecordFormat.MAP_ID);
    }

    /** Grid time at which the primary wrote the record, in milliseconds. */
    public long gridTimeMillis() {
        return RecordFormat.getLong(bytes, RecordFormat.GRID_TIME);
    }

    /** Grid time at which the entry ends, in milliseconds; 0 for never. */
    public long expiryMillis() {
        return RecordFormat.getLong(bytes, RecordFormat.EXPIRY);
    }

    /** The operation this record carries out; empty for records that the primary wrote by itself. */
    public Optional<OperationId> operation() {
        return RecordFormat.operation(bytes);
    }

    /** The client's lowest unsettled operation number when it sent the operation. */
    public long clientFloor() {
        return RecordFormat.getLong(bytes, RecordFormat.FLOOR);
    }

    /** The key's bytes, read-only, not copied. */
    public ByteBuffer key() {
        return part(RecordFormat.HEADER_BYTES, keyLength());
    }

    /** The value's bytes, read-only, not copied; empty but for {@link RecordKind#PUT}. */
    public ByteBuffer value() {
        return part(RecordFormat.HEADER_BYTES + keyLength(), RecordFormat.getInt(bytes, RecordFormat.VALUE_LENGTH));
    }

    /** A copy of the key's bytes. */
    public byte[] keyBytes() {
        return Arrays.copyOfRange(bytes, RecordFormat.HEADER_BYTES, RecordFormat.HEADER_BYTES + keyLength());
    }

    /** A copy of the value's bytes. */
    public byte[] valueBytes() {
        return Arrays.copyOfRange(bytes, RecordFormat.HEADER_BYTES + keyLength(), bytes.length);
    }

    /** Length of the whole record in bytes. */
    public int length() {
        return bytes.length;
    }

    /** The whole record as it stands in the log and on the wire, read-only, not copied. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    /** Copies the whole record to {@code target} and moves its position. */
    public void writeTo(ByteBuffer target) {
        target.put(bytes);
    }

    private int keyLength() {
        return RecordFormat.getInt(bytes, RecordFormat.KEY_LENGTH);
    }

    private ByteBuffer part(int offset, int length) {
        return ByteBuffer.wrap(bytes, offset, length).slice().asReadOnlyBuffer();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogRecord that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return checksum();
    }

    @Override
    public String toString() {
        return kind() + " " + id() + " (" + bytes.length + " bytes)";
    }
}
