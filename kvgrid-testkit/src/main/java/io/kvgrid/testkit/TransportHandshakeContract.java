package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The part of {@link TransportContract} on nodes that meet: each judges the other, and who is refused hears why. */
public abstract class TransportHandshakeContract extends TransportSubject {
    TransportHandshakeContract() {}

    @Test
    final void bothJudgeTheOthersHello() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start();

        connect(a, b);

        assertThat(a.hellos()).contains("b " + b.bootId());
        assertThat(b.hellos()).contains("a " + a.bootId());
    }

    @Test
    final void refusedNodeLearnsTheReasonAndIsNotConnected() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start().refusing(hello -> Optional.of("another grid:\n\"orders\""));

        a.transport().connect(b.address());
        a.awaitRefusal();

        assertThat(a.refusals().get(0)).isEqualTo("another grid:\n\"orders\"");
        assertThat(a.connects(b)).isZero();
        assertThat(b.connects(a)).isZero();
    }

    @Test
    final void nodeThatConnectsMayRefuseToo() {
        TransportNode a = node("a").start().refusing(hello -> Optional.of("not you"));
        TransportNode b = node("b").start();

        a.transport().connect(b.address());
        b.awaitRefusal();

        assertThat(b.refusals().get(0)).isEqualTo("not you");
        assertThat(a.connects(b)).isZero();
        assertThat(b.connects(a)).isZero();
    }

    @Test
    final void bothMayRefuseAndBothLearnWhy() {
        TransportNode a = node("a").start().refusing(hello -> Optional.of("a says no"));
        TransportNode b = node("b").start().refusing(hello -> Optional.of("b says no"));

        a.transport().connect(b.address());
        a.awaitRefusal();
        b.awaitRefusal();

        assertThat(a.refusals().get(0)).isEqualTo("b says no");
        assertThat(b.refusals().get(0)).isEqualTo("a says no");
    }

    @Test
    final void longReasonIsCutTo512Characters() {
        String reason = "\u20ac".repeat(300) + "x".repeat(500); // three bytes each, then one
        TransportNode a = node("a").start();
        TransportNode b = node("b").start().refusing(hello -> Optional.of(reason));

        a.transport().connect(b.address());
        a.awaitRefusal();

        assertThat(reason).startsWith(a.refusals().get(0));
        assertThat(a.refusals().get(0)).hasSizeBetween(300, 512);
    }

    @Test
    final void refusedNodeIsConnectedOnceItIsAccepted() {
        TransportNode a = node("a").start();
        TransportNode b = node("b").start().refusing(hello -> Optional.of("not yet"));
        a.transport().connect(b.address());
        a.awaitRefusal();

        b.refusing(hello -> Optional.empty());

        a.awaitConnected(b);
        b.awaitConnected(a);
    }
}
