package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static io.kvgrid.core.replication.ReplicaDriver.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.Role;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What an empty Arbiter means to a node (P8, P9). */
class BootstrapTest {
    private static final ReplicaSettings SETTINGS = new ReplicaSettings(
            600_000_000,
            0.01,
            0,
            1 << 20,
            1 << 20,
            4_000,
            10_000,
            50_000,
            100,
            8,
            0,
            true,
            true,
            0,
            ReplicaSettings.NOT_FORCED);

    /** The read was asked before the grid existed, and this very node created it since. */
    @Test
    void lateAnswerFromBeforeTheGridExistedSaysNothing() {
        ReplicaDriver node = ReplicaDriver.primary(SETTINGS);
        node.write(1, "key", 10);

        node.step(new Input.ConfigRead(new ArbiterCall.Read(0), Optional.empty()));

        assertThat(node.failure()).isEmpty();
        assertThat(node.replica().isServing()).isTrue();
    }

    @Test
    void arbiterThatForgotAConfigurationStopsTheNode() {
        ReplicaDriver node = ReplicaDriver.primary(SETTINGS);
        GridConfig followed = node.config();

        node.step(new Input.ConfigRead(new ArbiterCall.Read(followed.cv()), Optional.empty()));

        assertThat(node.failure()).hasValueSatisfying(why -> assertThat(why).contains("the Arbiter is empty"));
    }

    @Test
    void nodeWithDataDoesNotCreateAGrid() {
        ReplicaState state = ReplicaState.empty(10_000);
        state.append(Records.first().put("key", "value"));

        ReplicaDriver node = ReplicaDriver.recovered(A, SETTINGS, state);

        assertThat(node.failure()).hasValueSatisfying(why -> assertThat(why).contains("this node has data"));
    }

    // ---- a new lineage by force

    private final GridConfig lost = GridConfig.first(new UUID(1, 1), B, 0, new UUID(2, 2))
            .with(A, new UUID(3, 3))
            .takenOverBy(B, new UUID(4, 4));

    @Test
    void nodeWithDataIsToldHowToBeginANewLineage() {
        ReplicaDriver node = ReplicaDriver.recovered(A, SETTINGS, twoRecords(), lost, null);

        assertThat(node.failure()).hasValueSatisfying(why -> assertThat(why).contains("forceNewLineage(2)"));
    }

    @Test
    void newLineageKeepsTheDataUnderAHigherEpoch() {
        ReplicaDriver node = ReplicaDriver.recovered(A, SETTINGS.forcedAt(2), twoRecords(), lost, null);

        assertThat(node.failure()).isEmpty();
        assertThat(node.config().lineageId()).isNotEqualTo(lost.lineageId());
        assertThat(node.config().cv()).isEqualTo(1);
        assertThat(node.config().epoch()).isEqualTo(lost.epoch() + 1);
        assertThat(node.config().members()).containsExactly(A);
        assertThat(node.replica().status().role()).isEqualTo(Role.PRIMARY);
        assertThat(node.state().commitLsn())
                .as("what it had, and the epoch's record")
                .isEqualTo(3);
        assertThat(node.state().last().epoch()).isEqualTo(lost.epoch() + 1);
    }

    @Test
    void dataThatEndsElsewhereThanTheOperatorSaysIsLeftAlone() {
        ReplicaDriver node = ReplicaDriver.recovered(A, SETTINGS.forcedAt(1), twoRecords(), lost, null);

        assertThat(node.failure()).isPresent();
    }

    @Test
    void arbiterThatKnowsTheGridIsFollowedAsEver() {
        ReplicaDriver node = ReplicaDriver.recovered(A, SETTINGS.forcedAt(2), twoRecords(), lost, lost);

        assertThat(node.config()).isEqualTo(lost);
    }

    @Test
    void noNewLineageBesideANodeThatKnowsTheOldOne() {
        ReplicaSettings later = new ReplicaSettings(
                600_000_000, 0.01, 0, 1 << 20, 1 << 20, 4_000, 10_000, 50_000, 100, 8, 0, true, true, 500_000_000, 2);
        ReplicaDriver node = ReplicaDriver.recovered(A, later, twoRecords(), lost, null);
        node.step(new Input.PeerConnected(B.nodeId(), B.bootId(), lost.lineageId()));

        for (int i = 0; i < 24; i++) {
            node.pass(later.leaseNanos() / 6);
        }

        assertThat(node.failure()).hasValueSatisfying(why -> assertThat(why).contains("knows lineage"));
    }

    /** It crashed between the Arbiter's answer and its own note of it. */
    @Test
    void newLineageOfThisVeryStoreIsFollowedAfterARestart() {
        GridConfig begun = GridConfig.first(new UUID(9, 9), A, lost.epoch() + 1, 0, new UUID(8, 8));

        ReplicaDriver node = ReplicaDriver.recovered(ReplicaDriver.restarted(A), SETTINGS, twoRecords(), lost, begun);

        assertThat(node.failure()).isEmpty();
        assertThat(node.config().lineageId()).isEqualTo(begun.lineageId());
    }

    @Test
    void nodeOfTheOldLineageIsRefusedAndToldWhatToDo() {
        GridConfig begun = GridConfig.first(new UUID(9, 9), B, 7, 0, new UUID(8, 8));

        ReplicaDriver node = ReplicaDriver.recovered(A, SETTINGS, twoRecords(), lost, begun);

        assertThat(node.failure()).hasValueSatisfying(why -> assertThat(why).contains("empty directory"));
    }

    /** S28: nobody knows which lineage a restored directory belongs to. */
    @Test
    void restoredDirectoryDoesNotJoinAGridThatGoesOn() {
        ReplicaDriver node = ReplicaDriver.recovered(A, SETTINGS, twoRecords());
        assertThat(node.failure()).isPresent();

        node = ReplicaDriver.recovered(A, SETTINGS.forcedAt(2), twoRecords());

        assertThat(node.failure()).isEmpty();
        assertThat(node.replica().status().role()).isEqualTo(Role.PRIMARY);
    }

    private static ReplicaState twoRecords() {
        ReplicaState state = ReplicaState.empty(10_000);
        Records records = Records.first();
        state.append(records.epochStart());
        state.append(records.put("key", "value"));
        return state;
    }
}
