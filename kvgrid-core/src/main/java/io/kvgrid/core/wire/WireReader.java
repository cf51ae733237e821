package io.kvgrid.core.wire;

import io.kvgrid.NodeId;
import io.kvgrid.spi.persistence.InvalidRecordException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Reads fields one behind the other. Every getter checks what it reads and names its field when that is not valid; none
 * allocates more than the bytes left (X4, X14). What is returned shares nothing with the buffer read. Big-endian.
 */
final class WireReader {
    /** The longest {@code host:port}: a domain name of 253 characters, a colon, five digits. */
    static final int MAX_ADDRESS_BYTES = 253 + 1 + 5;

    /** The longest name of a grid or node (X9). */
    static final int MAX_NAME_BYTES = 64;

    private final ByteBuffer in;

    /** Reads what remains in {@code bytes}, whose position does not move. */
    WireReader(ByteBuffer bytes) {
        in = bytes.slice();
    }

    int position() {
        return in.position();
    }

    int remaining() {
        return in.remaining();
    }

    int u8(String field) throws MalformedMessageException {
        need(field, Byte.BYTES);
        return in.get() & 0xFF;
    }

    int u16(String field) throws MalformedMessageException {
        need(field, Short.BYTES);
        return in.getShort() & 0xFFFF;
    }

    int i32(String field) throws MalformedMessageException {
        need(field, Integer.BYTES);
        return in.getInt();
    }

    long i64(String field) throws MalformedMessageException {
        need(field, Long.BYTES);
        return in.getLong();
    }

    /** An int of at least {@code min}. */
    int atLeast(int min, String field) throws MalformedMessageException {
        int value = i32(field);
        if (value < min) {
            throw malformed(field, Integer.BYTES, min + " or more", Integer.toString(value));
        }
        return value;
    }

    /** A long of at least {@code min}. */
    long atLeast(long min, String field) throws MalformedMessageException {
        long value = i64(field);
        if (value < min) {
            throw malformed(field, Long.BYTES, min + " or more", Long.toString(value));
        }
        return value;
    }

    boolean flag(String field) throws MalformedMessageException {
        int value = u8(field);
        if (value > 1) {
            throw malformed(field, Byte.BYTES, "0 or 1", Integer.toString(value));
        }
        return value == 1;
    }

    UUID uuid(String field) throws MalformedMessageException {
        need(field, 2 * Long.BYTES);
        return new UUID(in.getLong(), in.getLong());
    }

    /** 20 bytes: epoch, LSN, checksum. Either all of it is none, or epoch and LSN are 1 or more. */
    RecordId recordId(String field) throws MalformedMessageException {
        need(field, WireWriter.RECORD_ID_BYTES);
        long epoch = in.getLong();
        long lsn = in.getLong();
        int checksum = in.getInt();
        if (epoch > 0 && lsn > 0) {
            return new RecordId(epoch, lsn, checksum);
        }
        if ((epoch | lsn | checksum) == 0) {
            return RecordId.NONE;
        }
        throw malformed(field, WireWriter.RECORD_ID_BYTES, "a record id or none", epoch + ":" + lsn);
    }

    /**
     * How many elements follow. Judged by the bytes left before anyone allocates for them.
     *
     * @param minBytes the least that each element takes
     */
    int count(String field, int minBytes) throws MalformedMessageException {
        int count = i32(field);
        int most = in.remaining() / minBytes;
        if (count < 0 || count > most) {
            throw malformed(field, Integer.BYTES, "0 to " + most, Integer.toString(count));
        }
        return count;
    }

    /** The name of a grid or node: one byte of length, then ASCII (X9). */
    String name(String field) throws MalformedMessageException {
        int start = in.position();
        String text = ascii(field, u8(field), MAX_NAME_BYTES);
        try {
            return new NodeId(text).value(); // one rule for all names
        } catch (IllegalArgumentException e) {
            throw new MalformedMessageException(field, start, "a valid name", text.length() + " other bytes");
        }
    }

    NodeId nodeId(String field) throws MalformedMessageException {
        return new NodeId(name(field));
    }

    /** An address: two bytes of length, then {@code host:port} in ASCII; empty where there is none. */
    String address(String field) throws MalformedMessageException {
        int start = in.position();
        String text = ascii(field, u16(field), MAX_ADDRESS_BYTES);
        if (!text.isEmpty() && !isHostPort(text)) {
            throw new MalformedMessageException(field, start, "host:port or nothing", text.length() + " other bytes");
        }
        return text;
    }

    /** Text: two bytes of length, then valid UTF-8. */
    String text(String field, int maxBytes) throws MalformedMessageException {
        int start = in.position();
        int length = length(field, u16(field), maxBytes, Short.BYTES);
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMessageException(field, start, "UTF-8", length + " other bytes");
        }
    }

    /** A read-only copy of the next {@code length} bytes; {@code length} may be any number. */
    ByteBuffer bytes(String field, int length) throws MalformedMessageException {
        byte[] copy = new byte[length(field, length, in.remaining(), 0)];
        in.get(copy);
        return ByteBuffer.wrap(copy).asReadOnlyBuffer();
    }

    /** A whole record, its checksums verified (S22). */
    LogRecord record(String field) throws MalformedMessageException {
        int start = in.position();
        try {
            return RecordFormat.read(in);
        } catch (InvalidRecordException e) {
            throw new MalformedMessageException(field, start, "a valid record", String.valueOf(e.getMessage()));
        }
    }

    /** All that is left, as a record's body, its checksum verified (S22). */
    RecordBody body(String field) throws MalformedMessageException {
        int start = in.position();
        try {
            return RecordFormat.readBody(in);
        } catch (InvalidRecordException e) {
            throw new MalformedMessageException(field, start, "a valid record body", String.valueOf(e.getMessage()));
        }
    }

    /** Checks that nothing is left: bytes that nobody reads are bytes that someone else may read differently. */
    void end() throws MalformedMessageException {
        if (in.hasRemaining()) {
            throw malformed("end", 0, "no more bytes", in.remaining() + " bytes");
        }
    }

    /** Says that the field of {@code width} bytes just read is not valid. */
    MalformedMessageException malformed(String field, int width, String expected, String found) {
        return new MalformedMessageException(field, in.position() - width, expected, found);
    }

    private void need(String field, int bytes) throws MalformedMessageException {
        if (in.remaining() < bytes) {
            throw malformed(field, 0, bytes + " bytes", in.remaining() + " bytes");
        }
    }

    /** Checks a length that stood in the {@code width} bytes before, before anyone allocates for it. */
    private int length(String field, int length, int maxBytes, int width) throws MalformedMessageException {
        int most = Math.min(maxBytes, in.remaining());
        if (length < 0 || length > most) {
            throw malformed(field, width, "a length of 0 to " + most, Integer.toString(length));
        }
        return length;
    }

    private String ascii(String field, int length, int maxBytes) throws MalformedMessageException {
        byte[] copy = new byte[length(field, length, maxBytes, 0)];
        in.get(copy);
        for (byte b : copy) {
            if (b <= ' ' || b > '~') { // bytes above 0x7F are negative
                throw malformed(field, length, "visible ASCII characters", "0x" + Integer.toHexString(b & 0xFF));
            }
        }
        return new String(copy, StandardCharsets.US_ASCII);
    }

    /** As {@link io.kvgrid.HostPort#parse} has it, without its look-up. */
    private static boolean isHostPort(String text) {
        int colon = text.lastIndexOf(':');
        int digits = text.length() - colon - 1;
        if (colon < 1 || digits < 1 || digits > 5) {
            return false;
        }
        int port = 0;
        for (int i = colon + 1; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            port = port * 10 + digit;
        }
        return port <= 65535;
    }
}
