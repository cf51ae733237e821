package io.kvgrid.transport.netty;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One frame of each type as bytes, made by an independent program; they change only with {@link FrameFormat#VERSION}. */
final class GoldenFrames {
    static final UUID NONCE = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");

    static final Map<FrameType, String> HEX = Map.of(
            FrameType.HELLO, "4b564746010100000000001283399b9c000102030405060708090a0b0c0d0e0f6869",
            FrameType.ACCEPT, "4b564746010200000000001800b9874a000102030405060708090a0b0c0d0e0f0000000000000007",
            FrameType.REFUSE, "4b564746010300000000000af3f0611277726f6e672067726964",
            FrameType.REDUNDANT, "4b5647460104000000000000892d48bb",
            FrameType.PING, "4b5647460105000000000000e12e6473",
            FrameType.DATA, "4b564746010600000000000615ca18796b7667726964");

    private GoldenFrames() {}

    static byte[] bytes(FrameType type) {
        return HexFormat.of().parseHex(HEX.get(type));
    }

    /** The payload that stands in the golden frame of {@code type}. */
    static List<ByteBuffer> payload(FrameType type) {
        return switch (type) {
            case HELLO -> HandshakeFormat.hello(NONCE, StandardCharsets.UTF_8.encode("hi"));
            case ACCEPT -> HandshakeFormat.accept(NONCE, 7);
            case REFUSE -> HandshakeFormat.refuse("wrong grid");
            case REDUNDANT, PING -> List.of();
            case DATA -> List.of(StandardCharsets.UTF_8.encode("kv"), StandardCharsets.UTF_8.encode("grid"));
        };
    }
}
