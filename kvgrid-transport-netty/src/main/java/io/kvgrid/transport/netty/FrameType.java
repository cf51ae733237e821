package io.kvgrid.transport.netty;

import org.jspecify.annotations.Nullable;

/** What a frame is for. The codes are part of the protocol: never renumbered, never used again for something else. */
enum FrameType {
    /** First on every connection, from both sides: a nonce and the listener's hello. */
    HELLO(1),
    /** The peer's hello is good: its nonce, and a ticket ({@link PeerTable}). */
    ACCEPT(2),
    /** The peer's hello is not: the reason as text. */
    REFUSE(3),
    /** A connection between the two nodes stands already; this one is not needed. */
    REDUNDANT(4),
    /** The sender lives. Empty. */
    PING(5),
    /** A frame of the transport's owner. */
    DATA(6);

    private static final FrameType[] BY_CODE = new FrameType[7];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final byte code;

    FrameType(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    /** The type with {@code code}, or null if there is none. */
    static @Nullable FrameType of(int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
