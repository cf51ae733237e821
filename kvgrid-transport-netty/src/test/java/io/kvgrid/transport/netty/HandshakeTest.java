package io.kvgrid.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.testkit.TransportNode;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The steps of the handshake, and which of several connections stands, seen from a socket. */
class HandshakeTest extends NettyTestBase {
    private final TransportNode greater = named(GREATER);
    private final TransportNode smaller = named(SMALLER);

    @Test
    void helloComesFirstAndUnasked() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);

        Frame hello = raw(node).read(FrameType.HELLO);

        assertThat(HandshakeFormat.hello(hello)).isEqualTo(node.hello());
    }

    @Test
    void eachHelloHasANonceOfItsOwn() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);

        Frame first = raw(node).read(FrameType.HELLO);
        Frame second = raw(node).read(FrameType.HELLO);

        assertThat(HandshakeFormat.nonce(first)).isNotEqualTo(HandshakeFormat.nonce(second));
    }

    @Test
    void decidingNodeAcceptsLast() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer peer = raw(node);
        Frame hello = peer.read(FrameType.HELLO);

        peer.sendHello(GREATER, BOOT);
        assertThat(node.comesTrue(() -> node.isConnected(greater), 50)).isFalse();
        peer.sendAccept(hello, 0);

        assertThat(peer.readAccept()).isPositive();
        node.awaitConnected(greater);
    }

    @Test
    void followingNodeWaitsForTheDecision() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer peer = raw(node);
        Frame hello = peer.read(FrameType.HELLO);

        peer.sendHello(SMALLER, BOOT);
        assertThat(peer.readAccept()).isZero();
        assertThat(node.comesTrue(() -> node.isConnected(smaller), 50)).isFalse();
        peer.sendAccept(hello, 1);

        node.awaitConnected(smaller);
    }

    @Test
    void dataMayFollowTheLastAcceptAtOnce() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer peer = raw(node);
        Frame hello = peer.read(FrameType.HELLO);
        byte[] accept = RawPeer.bytes(FrameType.ACCEPT, HandshakeFormat.accept(HandshakeFormat.nonce(hello), 1));
        byte[] data = RawPeer.bytes(FrameType.DATA, List.of(ByteBuffer.allocate(60_000))); // more than a hello may have

        peer.sendHello(SMALLER, BOOT);
        peer.send(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(accept, data)));

        node.awaitFrames(smaller, 1);
    }

    @Test
    void acceptOfAnotherConnectionIsWorthNothing() throws IOException {
        try (LogLines log = new LogLines()) {
            TransportNode node = start("m", Limits.STANDARD);
            Frame recorded = raw(node).read(FrameType.HELLO);
            RawPeer peer = raw(node);
            peer.read(FrameType.HELLO);

            peer.sendHello(GREATER, BOOT).sendAccept(recorded, 0);
            peer.awaitClosed();

            assertThat(node.isConnected(greater)).isFalse();
            assertThat(log.lines()).anyMatch(line -> line.contains(peer.name()) && line.contains("nonce at byte"));
        }
    }

    @Test
    void framesOutOfTurnCloseTheConnection() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        byte[] hello = RawPeer.bytes(
                FrameType.HELLO,
                HandshakeFormat.hello(UUID.randomUUID(), StandardCharsets.UTF_8.encode(GREATER + " " + BOOT)));

        for (FrameType type : List.of(FrameType.ACCEPT, FrameType.REFUSE, FrameType.REDUNDANT, FrameType.PING)) {
            RawPeer beforeHello = raw(node).send(GoldenFrames.bytes(type));
            beforeHello.awaitClosed();
        }
        for (FrameType type : List.of(FrameType.HELLO, FrameType.PING, FrameType.DATA)) {
            RawPeer afterHello = raw(node);
            afterHello.read(FrameType.HELLO);
            afterHello.send(hello).send(GoldenFrames.bytes(type));
            afterHello.awaitClosed();
        }
        for (FrameType type : List.of(FrameType.HELLO, FrameType.ACCEPT, FrameType.REFUSE, FrameType.REDUNDANT)) {
            RawPeer standing = follower(node, UUID.randomUUID(), 0);
            standing.readAccept();
            standing.send(GoldenFrames.bytes(type));
            standing.awaitClosed();
        }

        assertThat(node.refusals()).isEmpty();
    }

    @Test
    void refusalIsSentAsTextAndThePeerClosesFirst() throws IOException {
        TransportNode node = start("m", FAST).refusing(hello -> Optional.of("grid \"orders\", not \"users\""));
        RawPeer peer = raw(node);
        peer.read(FrameType.HELLO);

        Frame refuse = peer.sendHello(GREATER, BOOT).read(FrameType.REFUSE);

        assertThat(HandshakeFormat.reason(refuse)).isEqualTo("grid \"orders\", not \"users\"");
        peer.awaitClosed(); // when its time is over: this peer does not close
    }

    @Test
    void nodeWithTheSameIdIsRefused() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer peer = raw(node);
        peer.read(FrameType.HELLO);

        Frame refuse = peer.sendHello(node.id(), BOOT).read(FrameType.REFUSE);

        assertThat(HandshakeFormat.reason(refuse)).contains("\"m\"");
    }

    @Test
    void reflectedHelloIsTakenForACallToOneself() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer peer = raw(node);
        Frame hello = peer.read(FrameType.HELLO);

        peer.send(FrameType.HELLO, List.of(ByteBuffer.wrap(ByteBufUtil.getBytes(hello.content()))));
        peer.awaitClosed();

        assertThat(node.hellos()).isEmpty();
    }

    @Test
    void decidingNodeKeepsAStandingConnectionThatThePeerHasNotLost() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer first = follower(node, BOOT, 0);
        first.readAccept();

        RawPeer second = follower(node, BOOT, 0);
        second.read(FrameType.REDUNDANT);
        first.sendData("still here");

        node.awaitFrames(greater, 1);
        assertThat(node.connects(greater)).isEqualTo(1);
    }

    @Test
    void decidingNodeTakesANewConnectionWhenThePeerHasLostTheStandingOne() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer first = follower(node, BOOT, 0);
        long ticket = first.readAccept();

        RawPeer second = follower(node, BOOT, ticket);

        assertThat(second.readAccept()).isGreaterThan(ticket);
        first.awaitClosed();
        node.await("second stands", () -> node.connects(greater) == 2 && node.isConnected(greater));
        second.sendData("here");
        node.awaitFrames(greater, 1);
    }

    @Test
    void followingNodeKeepsTheHighestTicketInWhateverOrderItReads() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer late = raw(node);
        RawPeer first = raw(node);
        RawPeer second = raw(node);
        assertThat(decideFor(first, BOOT, 5)).isZero();
        node.awaitConnected(smaller);

        assertThat(decideFor(second, BOOT, 7)).isZero();
        first.awaitClosed();
        decideFor(late, BOOT, 6);
        late.awaitClosed();

        second.sendData("highest");
        node.awaitFrames(smaller, 1);
        assertThat(node.connects(smaller)).isEqualTo(2);
    }

    @Test
    void followingNodeNamesTheTicketItLost() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer first = raw(node);
        decideFor(first, BOOT, 5);
        node.awaitConnected(smaller);

        first.close();
        node.awaitDisconnected(smaller);

        assertThat(decideFor(raw(node), BOOT, 6)).isEqualTo(5);
        assertThat(decideFor(raw(node), UUID.randomUUID(), 1))
                .as("of this run of the peer")
                .isZero();
    }

    @Test
    void nothingIsDeliveredFromAReplacedConnection() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer first = follower(node, BOOT, 0);
        long ticket = first.readAccept();
        RawPeer second = follower(node, BOOT, ticket);
        second.readAccept();

        first.sendUntilClosed(RawPeer.bytes(FrameType.DATA, List.of(StandardCharsets.UTF_8.encode("old"))));
        second.sendData("new");

        node.awaitFrames(greater, 1);
        assertThat(node.texts(greater)).containsExactly("new");
    }

    @Test
    void anotherRunReplacesTheOneBeforeAndIsNotReplacedByIt() throws IOException {
        TransportNode node = start("m", Limits.STANDARD);
        RawPeer lateOfFirstRun = raw(node);
        Frame lateHello = lateOfFirstRun.read(FrameType.HELLO);
        RawPeer firstRun = follower(node, BOOT, 0);
        firstRun.readAccept();
        UUID secondBoot = UUID.randomUUID();

        RawPeer secondRun = follower(node, secondBoot, 0);
        secondRun.readAccept();
        firstRun.awaitClosed();
        lateOfFirstRun.sendHello(GREATER, BOOT).sendAccept(lateHello, 0);
        lateOfFirstRun.read(FrameType.REDUNDANT);

        secondRun.sendData("alive");
        node.awaitFrames(greater, 1);
        assertThat(node.connects(greater)).isEqualTo(2);
    }
}
