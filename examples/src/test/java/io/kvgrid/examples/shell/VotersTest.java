package io.kvgrid.examples.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VotersTest {
    @Test
    void votesAreAThousandPortsAboveTheNodesAndTheWitnessWhereItSays() {
        Voters voters = new Voters(
                "127.0.0.1:7400", List.of("127.0.0.1:7401", "localhost:7402"), Optional.of("127.0.0.1:9000"));

        assertThat(voters.own()).isEqualTo("127.0.0.1:8400");
        assertThat(voters.all())
                .containsExactly("127.0.0.1:8400", "127.0.0.1:8401", "localhost:8402", "127.0.0.1:9000");
    }

    @Test
    void portWithoutRoomAboveItIsRefused() {
        assertThatThrownBy(() -> Voters.of("127.0.0.1:64536"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64535");
    }
}
