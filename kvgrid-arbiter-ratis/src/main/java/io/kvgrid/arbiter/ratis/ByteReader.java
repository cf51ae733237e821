package io.kvgrid.arbiter.ratis;

import io.kvgrid.NodeId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads fields one behind the other and checks each. Allocates no more than the bytes that are left (X4, X14). */
final class ByteReader {
    private final ByteBuffer in;

    ByteReader(ByteBuffer bytes) {
        in = bytes.slice();
    }

    int u8(String field) throws MalformedArbiterMessageException {
        need(field, Byte.BYTES);
        return in.get() & 0xFF;
    }

    int i32(String field) throws MalformedArbiterMessageException {
        need(field, Integer.BYTES);
        return in.getInt();
    }

    long i64(String field) throws MalformedArbiterMessageException {
        need(field, Long.BYTES);
        return in.getLong();
    }

    boolean flag(String field) throws MalformedArbiterMessageException {
        return choice(field, 1) == 1;
    }

    /** A byte from 0 to {@code last}. */
    int choice(String field, int last) throws MalformedArbiterMessageException {
        int value = u8(field);
        if (value > last) {
            throw malformed(field, "0 to " + last + ", not " + value, null);
        }
        return value;
    }

    UUID uuid(String field) throws MalformedArbiterMessageException {
        return new UUID(i64(field), i64(field));
    }

    /** Two bytes of length, then UTF-8. */
    String text(String field) throws MalformedArbiterMessageException {
        need(field, Short.BYTES);
        int length = in.getShort() & 0xFFFF;
        need(field, length);
        ByteBuffer bytes = in.slice(in.position(), length);
        in.position(in.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw malformed(field, "UTF-8", e);
        }
    }

    NodeId nodeId(String field) throws MalformedArbiterMessageException {
        String name = text(field);
        try {
            return new NodeId(name);
        } catch (IllegalArgumentException e) {
            throw malformed(field, "a node id", e);
        }
    }

    void end() throws MalformedArbiterMessageException {
        if (in.hasRemaining()) {
            throw malformed("end", "no more bytes, not " + in.remaining(), null);
        }
    }

    MalformedArbiterMessageException malformed(String field, String expected, @Nullable Throwable cause) {
        return new MalformedArbiterMessageException(
                field + " before byte " + in.position() + ": expected " + expected, cause);
    }

    private void need(String field, int bytes) throws MalformedArbiterMessageException {
        if (in.remaining() < bytes) {
            throw malformed(field, bytes + " bytes, " + in.remaining() + " are left", null);
        }
    }
}
