package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.PortInUseException;
import io.kvgrid.spi.transport.Transport;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Transport} must do, sentence by sentence of the interface: how it starts and ends, and what is in the suites
 * above. A subclass says how to make one. The order of the listener's calls is checked throughout, by {@link TransportNode}.
 */
public abstract class TransportContract extends TransportFrameContract {
    /** A subclass is made anew for each test. */
    protected TransportContract() {}

    @Test
    final void takenPortIsATypedErrorAndLeavesNothingBehind() {
        TransportNode a = node("a").start();
        TransportNode late = node("late", Optional.of(a.address()));

        assertThatThrownBy(late::start)
                .isInstanceOf(PortInUseException.class)
                .hasMessageContaining(Integer.toString(a.address().getPort()));

        assertThat(threadsOf(late.id())).isEmpty();
    }

    @Test
    final void foreignAddressIsATypedError() {
        // 192.0.2.0/24 is reserved for documentation (RFC 5737): no machine has it
        TransportNode a = node("a", Optional.of(new InetSocketAddress("192.0.2.1", 0)));

        assertThatThrownBy(a::start).isInstanceOf(PortInUseException.class).hasMessageContaining("192.0.2.1");
    }

    @Test
    final void closeIsHeardByPeersEndsThreadsAndFreesThePort() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        connect(a, b);

        b.close();

        a.awaitDisconnected(b);
        assertThat(b.isConnected(a)).as("the closing node is told too").isFalse();
        assertThat(threadsOf(b.id())).isEmpty();
        node("c", Optional.of(b.address())).start();
    }

    @Test
    final void closeIsIdempotentAndWorksBeforeStart() {
        TransportNode a = node("a");
        a.close();
        a.close();

        TransportNode b = node("b").start();
        b.close();
        b.close();

        assertThat(threadsOf(b.id())).isEmpty();
    }

    @Test
    final void closedTransportDoesNothing() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();
        b.close();

        b.transport().connect(a.address());
        b.transport().forget(a.address());
        b.transport().disconnect(a.id());

        assertThat(b.send(a, "x")).isFalse();
        assertThat(b.transport().start(b)).isEmpty();
        assertThat(a.comesTrue(() -> a.isConnected(b), 200)).isFalse();
    }

    @Test
    final void transportThatWasNotStartedHoldsNoThread() {
        TransportNode a = node("a");

        assertThat(threadsOf(a.id())).isEmpty();
    }
}
