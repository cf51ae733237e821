package io.kvgrid.transport.netty;

import io.kvgrid.spi.transport.TransportListener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * The payloads of the handshake's frames.
 *
 * <pre>
 *           0        16                      0        16       24
 *          +--------+-----------------+     +--------+--------+
 *   HELLO  | nonce  | the listener's  |     | nonce  | ticket |  ACCEPT
 *          |        | hello, 0 - 1024 |     | echoed |        |
 *          +--------+-----------------+     +--------+--------+
 *
 *   REFUSE  the reason in UTF-8, at most 1024 bytes and 512 characters      REDUNDANT, PING  empty
 * </pre>
 *
 * The nonce is random and new on each connection. An ACCEPT echoes that of the hello it accepts, so that it is worth
 * nothing on any other connection (X6); and a node that receives a nonce of its own has called itself.
 */
final class HandshakeFormat {
    static final int NONCE_AT = 0;
    static final int HELLO_AT = NONCE_AT + 2 * Long.BYTES;
    static final int TICKET_AT = NONCE_AT + 2 * Long.BYTES;
    static final int ACCEPT_BYTES = TICKET_AT + Long.BYTES;
    static final int MAX_HELLO_PAYLOAD_BYTES = HELLO_AT + TransportListener.MAX_HELLO_BYTES;
    static final int MAX_REASON_BYTES = 1024;
    static final int MAX_REASON_CHARS = 512;

    private HandshakeFormat() {}

    /** HELLO's payload. */
    static List<ByteBuffer> hello(UUID nonce, ByteBuffer hello) {
        return List.of(put(ByteBuffer.allocate(HELLO_AT), nonce).flip(), hello);
    }

    /** ACCEPT's payload. */
    static List<ByteBuffer> accept(UUID echoed, long ticket) {
        return List.of(
                put(ByteBuffer.allocate(ACCEPT_BYTES), echoed).putLong(ticket).flip());
    }

    /** REFUSE's payload; the reason is cut to what fits. */
    static List<ByteBuffer> refuse(String reason) {
        int chars = Math.min(reason.length(), MAX_REASON_CHARS);
        ByteBuffer utf8 = StandardCharsets.UTF_8.encode(reason.substring(0, chars));
        while (utf8.remaining() > MAX_REASON_BYTES) {
            utf8 = StandardCharsets.UTF_8.encode(reason.substring(0, --chars));
        }
        return List.of(utf8);
    }

    /** The nonce at the start of a HELLO or an ACCEPT, whose length has been checked. */
    static UUID nonce(Frame frame) {
        return new UUID(frame.content().getLong(NONCE_AT), frame.content().getLong(NONCE_AT + Long.BYTES));
    }

    /** The listener's part of a HELLO; valid as long as the frame is. */
    static ByteBuffer hello(Frame frame) {
        int bytes = frame.content().readableBytes() - HELLO_AT;
        return frame.content().nioBuffer(HELLO_AT, bytes).asReadOnlyBuffer();
    }

    static long ticket(Frame frame) {
        return frame.content().getLong(TICKET_AT);
    }

    /** The reason of a REFUSE; what is no UTF-8 is replaced. */
    static String reason(Frame frame) {
        String reason = frame.content().toString(StandardCharsets.UTF_8);
        return reason.length() <= MAX_REASON_CHARS ? reason : reason.substring(0, MAX_REASON_CHARS);
    }

    private static ByteBuffer put(ByteBuffer out, UUID nonce) {
        return out.putLong(nonce.getMostSignificantBits()).putLong(nonce.getLeastSignificantBits());
    }
}
