package io.kvgrid.spi.persistence;

import io.kvgrid.OperationId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record without its place in the log: key and value, encoded and checksummed, behind room for the header. Made by
 * {@link RecordFormat#body}, used up by {@link #seal}. Not thread-safe; handed from thread to thread.
 */
public final class RecordBody {
    private byte @Nullable [] bytes;

    RecordBody(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Names the operation that this record carries out.
     *
     * @param floor the lowest operation number that the client has not settled yet
     */
    public RecordBody operation(OperationId id, long floor) {
        RecordFormat.operation(content(), id.clientId(), id.number(), floor);
        return this;
    }

    /** The operation that {@link #operation(OperationId, long)} named; empty before that. */
    public Optional<OperationId> operation() {
        return RecordFormat.operation(content());
    }

    /** The client's lowest unsettled operation number, as {@link #operation(OperationId, long)} was told; 0 before that. */
    public long clientFloor() {
        return RecordFormat.getLong(content(), RecordFormat.FLOOR);
    }

    /**
     * Gives the record its place behind {@code previous} and makes it immutable. This body cannot be used again.
     *
     * @param expiryMillis grid time at which the entry ends; 0 for never
     */
    public LogRecord seal(RecordId previous, long epoch, long gridTimeMillis, long expiryMillis) {
        return RecordFormat.seal(this, previous, epoch, gridTimeMillis, expiryMillis);
    }

    /** The key's bytes, not copied; of no effect on this body's position. */
    public ByteBuffer key() {
        byte[] all = content();
        return ByteBuffer.wrap(all, RecordFormat.HEADER_BYTES, RecordFormat.getInt(all, RecordFormat.KEY_LENGTH))
                .slice()
                .asReadOnlyBuffer();
    }

    /** The value's bytes, not copied. */
    public ByteBuffer value() {
        byte[] all = content();
        int start = RecordFormat.HEADER_BYTES + RecordFormat.getInt(all, RecordFormat.KEY_LENGTH);
        return ByteBuffer.wrap(all, start, all.length - start).slice().asReadOnlyBuffer();
    }

    /** What the record will do. */
    public RecordKind kind() {
        try {
            return RecordKind.of(content()[RecordFormat.KIND]);
        } catch (InvalidRecordException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Which map the record belongs to. */
    public int mapId() {
        return RecordFormat.getInt(content(), RecordFormat.MAP_ID);
    }

    /** Length of the whole record in bytes. */
    public int length() {
        return content().length;
    }

    /** The body as it travels to the primary, read-only, not copied; {@link RecordFormat#readBody} reads it. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(content()).asReadOnlyBuffer();
    }

    /** A second body with the same content, for a caller that may have to send it again. */
    public RecordBody copy() {
        byte[] all = content();
        return new RecordBody(Arrays.copyOf(all, all.length));
    }

    byte[] take() {
        byte[] all = content();
        bytes = null;
        return all;
    }

    private byte[] content() {
        if (bytes == null) {
            throw new IllegalStateException("this body has been sealed into a record already");
        }
        return bytes;
    }
}
