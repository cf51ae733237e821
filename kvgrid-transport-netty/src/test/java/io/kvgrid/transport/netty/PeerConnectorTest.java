package io.kvgrid.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.testkit.TransportNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class PeerConnectorTest extends NettyTestBase {
    @RepeatedTest(300)
    void connectingAtOnceReplacesNothing() {
        TransportNode m = start("m", EAGER);
        TransportNode n = start("n", EAGER);

        m.transport().connect(n.address());
        n.transport().connect(m.address());
        m.awaitConnected(n);
        n.awaitConnected(m);
        m.send(n, "to n");
        n.send(m, "to m");
        m.awaitFrames(n, 1);
        n.awaitFrames(m, 1);

        assertThat(m.connects(n)).isEqualTo(1);
        assertThat(n.connects(m)).isEqualTo(1);
    }

    @Test
    void secondAddressOfAConnectedNodeIsLeftInPeace() {
        TransportNode m = start("m", EAGER);
        TransportNode n = start("n", EAGER);
        m.transport().connect(n.address());
        m.awaitConnected(n);
        n.awaitConnected(m);

        m.transport()
                .connect(InetSocketAddress.createUnresolved(
                        "localhost", n.address().getPort()));
        n.transport().connect(m.address());

        n.comesTrue(() -> false, 10L * EAGER.maxRetryMillis());
        assertThat(n.hellos()).as("one for each address").hasSizeLessThanOrEqualTo(3);
        assertThat(m.connects(n)).isEqualTo(1);
        assertThat(n.connects(m)).isEqualTo(1);
    }

    @Test
    void lostNodeIsConnectedThroughAnyOfItsAddresses() {
        TransportNode m = start("m", EAGER);
        TransportNode n = start("n", EAGER);
        m.transport().connect(n.address());
        m.awaitConnected(n);
        InetSocketAddress second =
                InetSocketAddress.createUnresolved("localhost", n.address().getPort());
        m.transport().connect(second);
        n.await("second attempt", () -> n.hellos().size() >= 2);

        m.transport().forget(n.address());
        m.transport().disconnect(n.id());

        m.await("connected again", () -> m.connects(n) == 2);
    }

    @Test
    void hostNameIsLookedUp() {
        TransportNode m = start("m", EAGER);
        TransportNode n = start("n", EAGER);

        m.transport()
                .connect(InetSocketAddress.createUnresolved(
                        "localhost", n.address().getPort()));

        m.awaitConnected(n);
    }

    @Test
    void unknownHostHoldsUpNobody() {
        TransportNode m = start("m", EAGER);
        TransportNode n = start("n", EAGER);

        m.transport().connect(InetSocketAddress.createUnresolved("no-such-host.invalid", 7400));
        m.transport().connect(n.address());

        m.awaitConnected(n);
    }

    @Test
    void refusedNodeComesBackAtTheLongestPause() {
        Limits limits = new Limits(1000, 5, 2, 10, 5, 64, 2000, 1, 300);
        TransportNode m = start("m", limits);
        TransportNode n = start("n", limits).refusing(hello -> Optional.of("no"));

        m.transport().connect(n.address());
        n.comesTrue(() -> n.hellos().size() > 8, 1000);

        assertThat(n.hellos()).hasSizeBetween(1, 8); // pauses of 150 to 300 ms
    }

    @Test
    void ownAddressIsCalledOnce() throws IOException {
        TransportNode m = start("m", EAGER);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket proxy = new ServerSocket(0, 1, loopback)) {
            m.transport().connect(new InetSocketAddress(loopback, proxy.getLocalPort()));
            proxy.setSoTimeout(5 * EAGER.maxRetryMillis());

            try (Socket call = proxy.accept()) {
                byte[] hello =
                        call.getInputStream().readNBytes(16 + 16 + m.hello().remaining());
                call.getOutputStream().write(hello);
                assertThat(call.getInputStream().read()).isNegative();
            }

            assertThat(accepts(proxy)).isFalse();
        }
    }

    private static boolean accepts(ServerSocket socket) throws IOException {
        try (Socket accepted = socket.accept()) {
            return accepted.isConnected();
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
