package io.kvgrid.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.testkit.TransportNode;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever arrives on the port: a closed connection, one line in the log, and the node goes on (X3, X4, X14). */
class StrangersTest extends NettyTestBase {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP | 474554202f20485454502f312e310d0a486f73743a20780d0a0d0a | found 0x47455420 (\"GET \")",
                "TLS hello | 16030100f8010000f40303 | found 0x16030100 (\"\\u0016\\u0003\\u0001\\u0000\")",
                "SSH | 5353482d322e302d4f70656e5353480d0a | found 0x5353482d (\"SSH-\")",
                "length 0x7fffffff alone | 7fffffff | found 0x7fffffff",
                "length -1 alone | ffffffff | found 0xffffffff",
                "frame of 0x7fffffff | 4b564746010100007fffffff00000000 | length at byte 8: expected 0 to 1040, found 2147483647",
                "frame of -1 | 4b56474601010000ffffffff00000000 | length at byte 8: expected 0 to 1040, found -1",
                "hello of 1041 bytes | 4b564746010100000000041100000000 | length at byte 8: expected 0 to 1040, found 1041",
                "hello without nonce | 4b5647460101000000000000c1d9c0a9 | crc32c at byte 12",
                "another version | 4b564746090100000000000000000000 | version at byte 4: expected 1, found 9",
                "data before hello | 4b564746010600000000000615ca18796b7667726964 | type at byte 5: expected a frame of the handshake, found DATA",
            })
    void strayBytesGetAClosedConnectionAndOneLine(String name, String hex, String found) throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode node = start("m", Limits.STANDARD);
            RawPeer stranger = raw(node);

            stranger.send(ByteBufUtil.decodeHexDump(hex));
            stranger.awaitClosed();

            assertOneLine(log, stranger, found);
            assertStillWorks(node);
        }
    }

    @Test
    void portScanIsOneLine() throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode node = start("m", Limits.STANDARD);
            RawPeer stranger = raw(node);
            stranger.close();

            node.comesTrue(() -> !log.lines().isEmpty(), 100);
            assertStillWorks(node);

            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().get(0)).contains("closed before its hello");
        }
    }

    @Test
    void silentStrangerIsClosedWhenItsTimeIsOver() throws IOException {
        try (LogLines log = new LogLines()) {
            RawPeer stranger = raw(start("m", FAST));

            stranger.awaitClosed();

            assertOneLine(log, stranger, "handshake took more than");
        }
    }

    @Test
    void drippingStrangerIsClosedWhenItsTimeIsOver() throws IOException {
        RawPeer stranger = raw(start("m", FAST));
        byte[] start = {0x4b, 0x56, 0x47, 0x46, 1, 1, 0, 0, 0, 0, 4};
        int sent = 0;

        while (!stranger.isClosedWithin(10)) {
            stranger.sendUntilClosed(new byte[] {sent < start.length ? start[sent] : 0});
            sent++;
        }

        assertThat(sent).isBetween(1, 100);
    }

    @Test
    void strangersTextCannotBreakTheLine() throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode node = start("m", FAST).refusing(hello -> Optional.of("who is " + hello));
            RawPeer peer = raw(node);
            peer.read(FrameType.HELLO);

            byte[] hello = "x\r\n\u001b[31mERROR all lost".getBytes(StandardCharsets.UTF_8);
            peer.send(FrameType.HELLO, HandshakeFormat.hello(BOOT, ByteBuffer.wrap(hello)));
            peer.read(FrameType.REFUSE);

            assertOneLine(log, peer, "who is x\\u000d\\u000a\\u001b[31mERROR all lost");
        }
    }

    @Test
    void floodIsLoggedInFewLines() throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode node = start("m", FAST);

            for (int i = 0; i < 200; i++) {
                RawPeer stranger = raw(node);
                stranger.sendUntilClosed("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                stranger.awaitClosed();
            }
            node.comesTrue(() -> log.lines().stream().anyMatch(line -> line.contains("more connections")), 5000);

            assertThat(log.lines()).hasSizeLessThan(200);
            assertThat(log.lines()).anyMatch(line -> line.matches("closed \\d+ more connections of strangers"));
        }
    }

    @Test
    void thousandSilentStrangersDisturbNobody() throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode m = start("m", Limits.STANDARD);
            TransportNode n = start("n", Limits.STANDARD);
            m.transport().connect(n.address());
            m.awaitConnected(n);
            n.awaitConnected(m);

            List<RawPeer> crowd = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                crowd.add(raw(m));
                m.send(n, "m " + i);
                n.send(m, "n " + i);
            }
            m.awaitFrames(n, 1000);
            n.awaitFrames(m, 1000);
            TransportNode late = start("late", Limits.STANDARD);
            late.transport().connect(m.address());
            late.awaitConnected(m);

            assertThat(m.connects(n)).isEqualTo(1);
            assertThat(n.connects(m)).isEqualTo(1);
            assertThat(log.lines()).hasSizeBetween(1, StrangerLog.MAX_LINES);
            crowd.get(0).awaitClosed(); // long before its 5 s: it was the oldest
            assertThat(stillOpen(crowd)).isBetween(1, Limits.STANDARD.maxStrangers());
        }
    }

    private static int stillOpen(List<RawPeer> crowd) throws IOException {
        int open = 0;
        for (RawPeer peer : crowd) {
            try {
                open += peer.isClosedWithin(1) ? 0 : 1;
            } catch (SocketTimeoutException e) {
                open++;
            }
        }
        return open;
    }

    private static void assertOneLine(LogLines log, RawPeer stranger, String found) {
        assertThat(log.lines()).hasSize(1);
        assertThat(log.lines().get(0)).contains(stranger.name()).contains(found);
    }

    private void assertStillWorks(TransportNode node) {
        TransportNode friend = start("friend", Limits.STANDARD);
        friend.transport().connect(node.address());
        friend.awaitConnected(node);
        node.awaitConnected(friend);
    }
}
