package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** The part of {@link TransportContract} on connections: one for each peer, opened again and again until it is forgotten. */
public abstract class TransportConnectionContract extends TransportHandshakeContract {
    TransportConnectionContract() {}

    @Test
    final void connectedNodesHearOfEachOther() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();

        a.transport().connect(b.address());

        a.awaitConnected(b);
        b.awaitConnected(a);
    }

    @Test
    final void nodeWithoutPortConnectsToOthers() {
        TransportNode a = node("a", Optional.empty()).start();
        TransportNode b = node("b").start();

        a.transport().connect(b.address());

        a.awaitConnected(b);
        b.awaitConnected(a);
    }

    @Test
    final void transportWithoutListenAddressHasNone() {
        TransportNode a = node("a", Optional.empty());

        assertThat(a.transport().start(a)).isEmpty();
    }

    @Test
    final void startGivesTheRealPort() {
        TransportNode a = node("a").start();

        assertThat(a.address().getPort()).isPositive();
        assertThat(a.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    }

    @Test
    final void peerThatStartsLaterIsConnected() {
        InetSocketAddress later = freeAddress();
        TransportNode a = node("a").start();
        a.transport().connect(later);

        TransportNode b = node("b", Optional.of(later)).start();

        a.awaitConnected(b);
    }

    @Test
    final void restartedPeerIsConnectedAgain() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        a.transport().connect(b.address());
        a.awaitConnected(b);

        b.close();
        a.awaitDisconnected(b);
        TransportNode again = node("b", Optional.of(b.address())).start();

        a.awaitConnected(again);
        again.awaitConnected(a);
        assertThat(again.send(a, "back")).isTrue();
        a.awaitFrames(again, 1);
    }

    @Test
    final void knownAddressIsIgnored() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();

        for (int i = 0; i < 10; i++) {
            a.transport().connect(b.address());
        }
        a.awaitConnected(b);

        assertThat(b.comesTrue(() -> b.connects(a) > 1, 200)).isFalse();
    }

    @Test
    final void ownAddressIsIgnored() {
        TransportNode a = node("a").start();
        a.transport().connect(a.address());
        TransportNode b = node("b").start();
        a.transport().connect(b.address());

        a.awaitConnected(b);

        assertThat(a.comesTrue(() -> a.connects(a) > 0, 200)).isFalse();
        assertThat(a.refusals()).isEmpty();
    }

    @RepeatedTest(25)
    final void nodesThatConnectAtOnceKeepOneConnection() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        TransportNode c = node("c").start();

        for (TransportNode from : nodes()) {
            for (TransportNode to : nodes()) {
                from.transport().connect(to.address());
            }
        }

        assertOneConnection(a, b);
        assertOneConnection(b, c);
        assertOneConnection(a, c);
    }

    /** What is sent on a connection that only one side keeps never arrives; so answers on both show that it is the same. */
    private static void assertOneConnection(TransportNode a, TransportNode b) {
        a.awaitConnected(b);
        b.awaitConnected(a);
        int heardByA = a.frameCount(b);
        int heardByB = b.frameCount(a);
        boolean both = false;
        for (int attempt = 0; attempt < 100 && !both; attempt++) {
            a.send(b, "from " + a);
            b.send(a, "from " + b);
            both = a.comesTrue(() -> a.frameCount(b) > heardByA, 100)
                    && b.comesTrue(() -> b.frameCount(a) > heardByB, 100);
        }
        assertThat(both).as("frames pass both ways between %s and %s", a, b).isTrue();
    }

    @Test
    final void anotherRunOfANodeReplacesTheOneBefore() {
        TransportNode b = node("b").start();
        TransportNode first = node("a", Optional.empty()).start();
        first.transport().connect(b.address());
        first.awaitConnected(b);
        first.transport().forget(b.address());
        b.awaitConnected(first);

        TransportNode second = node("a", Optional.empty()).start();
        second.transport().connect(b.address());

        first.awaitDisconnected(b);
        b.await("second run connected", () -> b.connects(second) == 2 && b.isConnected(second));
        second.awaitConnected(b);
        assertThat(second.send(b, "it is me")).isTrue();
        b.awaitFrames(second, 1);
    }

    @Test
    final void forgottenAddressIsNotConnectedAgain() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);

        a.transport().forget(b.address());

        assertThat(a.comesTrue(() -> !a.isConnected(b), 100))
                .as("an open connection stays")
                .isFalse();
        b.transport().disconnect(a.id());
        a.awaitDisconnected(b);
        assertThat(a.comesTrue(() -> a.isConnected(b), 500)).isFalse();
    }

    @Test
    final void disconnectEndsTheConnectionOnBothSidesAndItMayBeOpenedAgain() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);

        b.transport().disconnect(a.id());

        a.await("connected twice", () -> a.connects(b) == 2);
        b.await("connected twice", () -> b.connects(a) == 2);
    }

    @Test
    final void disconnectOfAStrangerDoesNothing() {
        TransportNode a = node("a").start();

        a.transport().disconnect(new NodeId("nobody"));

        assertThat(a.send(a, "x")).isFalse();
    }

    private static InetSocketAddress freeAddress() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
