package io.kvgrid.core.wire;

import io.kvgrid.NodeId;
import io.kvgrid.spi.persistence.RecordId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Writes fields one behind the other into one growing buffer, and then, as the message's tail, whole buffers that are
 * passed on without being copied. The counterpart of {@link WireReader}. Big-endian.
 */
final class WireWriter {
    static final int RECORD_ID_BYTES = Long.BYTES + Long.BYTES + Integer.BYTES;

    /** Enough for every message that is sent often. */
    private static final int FIRST_BYTES = 160;

    private final ArrayList<ByteBuffer> parts = new ArrayList<>();
    private ByteBuffer out = ByteBuffer.allocate(FIRST_BYTES);
    private long tailBytes;

    WireWriter() {
        parts.add(out); // its place; finish() knows the buffer that has grown
    }

    /** Makes room for that many bytes at once. */
    WireWriter reserve(int bytes) {
        if (out.remaining() < bytes) {
            int used = out.position();
            ByteBuffer larger = ByteBuffer.allocate(Math.max(2 * used, Math.addExact(used, bytes)));
            out = larger.put(out.flip());
        }
        return this;
    }

    WireWriter u8(int value) {
        reserve(Byte.BYTES).out.put((byte) value);
        return this;
    }

    WireWriter u16(int value) {
        reserve(Short.BYTES).out.putShort((short) value);
        return this;
    }

    WireWriter i32(int value) {
        reserve(Integer.BYTES).out.putInt(value);
        return this;
    }

    WireWriter i64(long value) {
        reserve(Long.BYTES).out.putLong(value);
        return this;
    }

    WireWriter flag(boolean value) {
        return u8(value ? 1 : 0);
    }

    WireWriter uuid(UUID value) {
        return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
    }

    WireWriter recordId(RecordId id) {
        return i64(id.epoch()).i64(id.lsn()).i32(id.checksum());
    }

    WireWriter name(String value) {
        byte[] bytes = limited("name", value, WireReader.MAX_NAME_BYTES);
        return u8(bytes.length).raw(bytes);
    }

    WireWriter nodeId(NodeId value) {
        return name(value.value());
    }

    WireWriter address(String value) {
        return text("address", value, WireReader.MAX_ADDRESS_BYTES);
    }

    /**
     * Two bytes of length, then UTF-8.
     *
     * @throws IllegalArgumentException if the text takes more than {@code maxBytes}
     */
    WireWriter text(String what, String value, int maxBytes) {
        byte[] bytes = limited(what, value, maxBytes);
        return u16(bytes.length).raw(bytes);
    }

    /** Copies what remains in {@code value}, whose position does not move. */
    WireWriter bytes(ByteBuffer value) {
        reserve(value.remaining()).out.put(value.duplicate());
        return this;
    }

    /** Makes room for that many calls of {@link #tail}. */
    void reserveTail(int count) {
        parts.ensureCapacity(1 + count);
    }

    /** Passes {@code part} on behind all fields, not copied. No field may be written after it. */
    void tail(ByteBuffer part) {
        parts.add(part);
        tailBytes += part.remaining();
    }

    /** The fields as one buffer. There must be no tail. */
    ByteBuffer single() {
        return out.flip();
    }

    /**
     * The fields and the tail. This writer is used up.
     *
     * @throws IllegalArgumentException if they have more than {@code maxBytes} together
     */
    List<ByteBuffer> finish(String what, int maxBytes) {
        long length = out.position() + tailBytes;
        if (length > maxBytes) {
            throw new IllegalArgumentException(what + " has " + length + " bytes, more than the limit of " + maxBytes);
        }
        parts.set(0, out.flip());
        return parts;
    }

    private WireWriter raw(byte[] bytes) {
        reserve(bytes.length).out.put(bytes);
        return this;
    }

    private static byte[] limited(String what, String value, int maxBytes) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > maxBytes) {
            throw new IllegalArgumentException(
                    "the " + what + " has " + bytes.length + " bytes, more than the limit of " + maxBytes);
        }
        return bytes;
    }
}
