package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.arbiter.GridConfig;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an empty Arbiter means to a node (P8, P9). */
class BootstrapTest {
    private static final ReplicaSettings SETTINGS = new ReplicaSettings(
            600_000_000, 0.01, 0, 1 << 20, 1 << 20, 4_000, 10_000, 50_000, 100, 8, 0, true, true, 0);

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
}
