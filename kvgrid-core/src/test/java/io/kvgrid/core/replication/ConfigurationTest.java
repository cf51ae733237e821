package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static io.kvgrid.core.replication.ReplicaDriver.B;
import static io.kvgrid.core.replication.ReplicaDriver.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.Role;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages of another time, and which configurations a node follows. */
class ConfigurationTest {
    private static final ReplicaSettings SETTINGS = ReplicaSettings.of(600_000_000, 0, true, true, false);
    private static final UUID OTHER = new UUID(99, 99);

    private final GridConfig config =
            GridConfig.first(new UUID(1, 1), A, 0, new UUID(2, 2)).with(B, new UUID(3, 3));
    private final ReplicaDriver node = ReplicaDriver.start(B, SETTINGS, config);

    @BeforeEach
    void connect() {
        node.connect(A);
        node.forget();
    }

    // ---- fencing (P5)

    @Test
    void messageOfThePresentIsHeard() {
        receive(envelope(config.lineageId(), config.cv(), config.epoch(), A.bootId(), B.bootId()));

        assertThat(node.sent(Message.Reconciled.class)).hasSize(1);
    }

    @Test
    void messageOfAnOlderConfigurationIsDroppedAndItsSenderIsTold() {
        receive(envelope(config.lineageId(), config.cv() - 1, config.epoch(), A.bootId(), B.bootId()));

        assertThat(node.sent(Message.Reconciled.class)).isEmpty();
        assertThat(node.sent(Message.ConfigAnnounce.class)).containsExactly(new Message.ConfigAnnounce(config));
    }

    @Test
    void messageOfANewerConfigurationIsDroppedAndItsSenderIsAsked() {
        receive(envelope(config.lineageId(), config.cv() + 1, config.epoch() + 1, A.bootId(), B.bootId()));

        assertThat(node.sent(Message.Reconciled.class)).isEmpty();
        assertThat(node.sent(Message.ConfigRequest.class)).hasSize(1);
    }

    @Test
    void messageOfAnotherLineageOrRunIsDropped() {
        receive(envelope(OTHER, config.cv(), config.epoch(), A.bootId(), B.bootId()));
        receive(envelope(config.lineageId(), config.cv(), config.epoch(), OTHER, B.bootId()));
        receive(envelope(config.lineageId(), config.cv(), config.epoch(), A.bootId(), OTHER));
        receive(envelope(config.lineageId(), config.cv(), config.epoch(), A.bootId(), Envelope.NO_ID));

        assertThat(node.sent(Message.class)).isEmpty();
    }

    // ---- which are followed

    @Test
    void newerConfigurationIsFollowedWhoeverTellsIt() {
        GridConfig newer = config.with(C, new UUID(4, 4));
        node.connect(C);

        node.receive(C, new Message.ConfigAnnounce(newer));

        assertThat(node.config()).isEqualTo(newer);
    }

    @Test
    void olderConfigurationAndAnotherLineagesAreNotFollowed() {
        GridConfig older = GridConfig.first(new UUID(1, 1), A, 0, new UUID(2, 2));
        GridConfig others = GridConfig.first(OTHER, A, 0, new UUID(2, 2))
                .with(B, new UUID(5, 5))
                .with(C, new UUID(6, 6));

        node.receive(A, new Message.ConfigAnnounce(older));
        node.receive(A, new Message.ConfigAnnounce(others));

        assertThat(node.config()).isEqualTo(config);
        assertThat(node.failure()).isEmpty();
    }

    /** P1. */
    @Test
    void twoConfigurationsOfOneVersionStopTheNode() {
        GridConfig other =
                GridConfig.first(new UUID(1, 1), A, 0, new UUID(2, 2)).with(C, new UUID(4, 4));

        node.receive(A, new Message.ConfigAnnounce(other));

        assertThat(node.failure()).hasValueSatisfying(why -> assertThat(why).contains("P1"));
        assertThat(node.replica().status().role()).isEqualTo(Role.FAILED);
    }

    // ---- this node's own place

    /** P2: its own log is not there any more, and another one is worth nothing. */
    @Test
    void onlyMemberWithAnotherDirectoryStops() {
        GridConfig alone = GridConfig.first(new UUID(1, 1), A, 0, new UUID(2, 2));
        Member wiped = new Member(A.nodeId(), OTHER, new UUID(21, 1), 1, "");

        assertThat(ReplicaDriver.start(wiped, SETTINGS, alone).failure())
                .hasValueSatisfying(why -> assertThat(why).contains("P2"));
        assertThat(ReplicaDriver.start(wiped, SETTINGS, config).failure())
                .as("others hold what it has lost")
                .isEmpty();
    }

    /** P7: it was restored, and then started where nobody heard of it: counting alone would take it for the one that S names. */
    @Test
    void directoryThatWasRestoredAndStartedTwiceStops() {
        Member later = new Member(B.nodeId(), B.storeId(), new UUID(21, 2), B.startCount() + 1, "");

        assertThat(ReplicaDriver.startAfter(new UUID(21, 1), later, SETTINGS, config)
                        .failure())
                .hasValueSatisfying(why -> assertThat(why).contains("P7"));
        assertThat(ReplicaDriver.startAfter(B.bootId(), later, SETTINGS, config).failure())
                .isEmpty();
    }

    /** P7. */
    @Test
    void directoryThatWasCopiedOrRestoredStops() {
        Member copy = new Member(B.nodeId(), B.storeId(), new UUID(21, 2), B.startCount(), "");

        assertThat(ReplicaDriver.start(copy, SETTINGS, config).failure())
                .hasValueSatisfying(why -> assertThat(why).contains("P7"));
    }

    /** P9. */
    @Test
    void nodeWhosePeerKnowsTheGridDoesNotCreateAnother() {
        ReplicaDriver empty = ReplicaDriver.start(B, ReplicaSettings.of(600_000_000, 0, true, true, true), null);
        assertThat(empty.replica().status().config()).isEmpty();

        empty.step(new Input.PeerConnected(A.nodeId(), A.bootId(), config.lineageId()));
        empty.pass(600_000_000);

        assertThat(empty.failure())
                .as("an answer from before the grid existed says nothing")
                .isEmpty();
        empty.pass(600_000_000);

        assertThat(empty.failure()).hasValueSatisfying(why -> assertThat(why).contains("P9"));
    }

    @Test
    void nodeThatMayNotBootstrapWaits() {
        ReplicaDriver waiting = ReplicaDriver.start(B, ReplicaSettings.of(600_000_000, 0, true, false, false), null);

        waiting.pass(10_000_000_000L);

        assertThat(waiting.replica().status().role()).isEqualTo(Role.JOINING);
        assertThat(waiting.replica().status().config()).isEmpty();
    }

    private static Envelope envelope(UUID lineage, long cv, long epoch, UUID from, UUID to) {
        return new Envelope(lineage, cv, epoch, from, to);
    }

    private void receive(Envelope envelope) {
        node.step(new Input.Received(A.nodeId(), envelope, new Message.Reconcile(List.of(), RecordId.NONE)));
    }
}
