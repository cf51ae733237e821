package io.kvgrid.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.testkit.TransportNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What ends a standing connection, and what does not (X5, X14). */
class ConnectionLifeTest extends NettyTestBase {
    private final TransportNode peerNode = named(GREATER);

    @Test
    void connectionThatBringsNothingIsClosedAlthoughPingsAreSent() throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode node = start("m", FAST);
            RawPeer silent = follower(node, BOOT, 0);
            silent.readAccept();

            silent.read(FrameType.PING);
            silent.awaitClosed();

            node.awaitDisconnected(peerNode);
            assertThat(log.lines()).singleElement().asString().contains("z at " + silent.name(), "no whole frame came");
        }
    }

    @Test
    void connectionThatBringsPingsStays() throws IOException {
        TransportNode node = start("m", FAST);
        RawPeer alive = follower(node, BOOT, 0);
        alive.readAccept();

        for (int i = 0; i < 3 * FAST.idleTicks() / FAST.pingTicks(); i++) {
            alive.read(FrameType.PING);
            alive.send(FrameType.PING, List.of());
        }

        assertThat(node.isConnected(peerNode)).isTrue();
    }

    @Test
    void drippingFrameIsNoSignOfLife() throws IOException {
        TransportNode node = start("m", FAST);
        RawPeer dripping = follower(node, BOOT, 0);
        dripping.readAccept();
        dripping.send(new byte[] {0x4b, 0x56, 0x47, 0x46, 1, 6, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0});

        while (!dripping.isClosedWithin(10)) {
            dripping.sendUntilClosed(new byte[1]);
        }

        node.awaitDisconnected(peerNode);
    }

    @Test
    void connectionThatTakesNothingIsClosed() throws IOException {
        try (LogLines log = new LogLines()) {
            Limits patient = new Limits(100, 5, 2, 1000, 5, 64, 2000, 5, 100); // but for stalls
            TransportNode node = start("m", patient);
            RawPeer deaf = follower(node, BOOT, 0);
            deaf.readAccept();
            node.awaitConnected(peerNode);
            List<ByteBuffer> frame = List.of(ByteBuffer.allocate(1 << 16));

            while (node.isConnected(peerNode)) {
                node.transport().send(GREATER, frame);
                Thread.onSpinWait();
            }

            assertThat(node.transport().send(GREATER, frame)).isFalse();
            assertThat(log.lines()).singleElement().asString().contains("it took nothing");
        }
    }

    @Test
    void bytesThatAreNoFrameCloseTheConnectionWithOneLine() throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode node = start("m", FAST);
            RawPeer peer = follower(node, BOOT, 0);
            peer.readAccept();

            peer.sendData("good").send("bad bad bad bad bad".getBytes(StandardCharsets.UTF_8));
            peer.awaitClosed();

            node.awaitDisconnected(peerNode);
            assertThat(node.texts(peerNode)).containsExactly("good");
            assertThat(log.lines()).singleElement().asString().contains("magic at byte", "(\"bad \")");
        }
    }

    @Test
    void damagedFrameIsNotDelivered() throws IOException {
        TransportNode node = start("m", FAST);
        RawPeer peer = follower(node, BOOT, 0);
        peer.readAccept();
        byte[] damaged = GoldenFrames.bytes(FrameType.DATA);
        damaged[damaged.length - 1] ^= 1;

        peer.send(damaged);
        peer.awaitClosed();

        node.awaitDisconnected(peerNode);
        assertThat(node.frames(peerNode)).isEmpty();
    }

    @Test
    void listenerThatThrowsEndsThatConnectionOnly() throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode node = start("m", FAST);
            TransportNode other = start("other", FAST);
            other.transport().connect(node.address());
            other.awaitConnected(node);
            node.onEachFrame((peer, frame) -> {
                if (peer.equals(GREATER)) {
                    throw new IllegalStateException("a bug");
                }
            });
            RawPeer peer = follower(node, BOOT, 0);
            peer.readAccept();

            peer.sendData("x");
            peer.awaitClosed();

            assertThat(other.send(node, "y")).isTrue();
            node.awaitFrames(other, 1);
            assertThat(log.lines()).singleElement().asString().contains("internal failure");
        }
    }

    @Test
    void errorOfTheListenerEndsTheTransport() throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode node = start("m", FAST);
            TransportNode other = start("other", FAST);
            other.transport().connect(node.address());
            other.awaitConnected(node);
            node.awaitConnected(other);
            node.onEachFrame((peer, frame) -> {
                throw new AssertionError("broken invariant");
            });
            RawPeer peer = follower(node, BOOT, 0);
            peer.readAccept();

            peer.sendData("x");
            peer.awaitClosed();

            node.awaitDisconnected(other);
            other.awaitDisconnected(node);
            assertThat(log.lines()).singleElement().asString().contains("internal failure");
        }
    }
}
