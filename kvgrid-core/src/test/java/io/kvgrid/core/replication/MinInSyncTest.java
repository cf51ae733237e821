package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static io.kvgrid.core.replication.ReplicaDriver.B;
import static io.kvgrid.core.replication.ReplicaDriver.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.arbiter.GridConfig;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node's setting of minInSync means (P17). */
class MinInSyncTest {
    private static final int UNSET = 0;

    @Test
    void oneThatWasSetStaysOneWithThreeNodes() {
        assertThat(ofThree(1).minInSync()).isEqualTo(1);
        assertThat(ofThree(UNSET).minInSync()).isEqualTo(2);
        assertThat(ofThree(2).minInSync()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0", "0, 1", "0, 2", "1, 1", "2, 2",
    })
    void nodeWithTheGridsSettingOrNoneFollows(int setting, int gridsSetting) {
        assertThat(follow(setting, two(gridsSetting)).failure()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, 'minInSync 1, and the grid''s is 1, and 2 from the third node on'",
        "1, 2, 'minInSync 1, and the grid''s is 2'",
        "2, 0, 'minInSync 2, and the grid''s is 1'",
        "2, 1, 'minInSync 2, and the grid''s is 1 (P17)'",
    })
    void nodeWithAnotherSettingIsRefusedWithBothValues(int setting, int gridsSetting, String reason) {
        assertThat(follow(setting, two(gridsSetting)).failure())
                .hasValueSatisfying(why -> assertThat(why).contains(reason));
    }

    @Test
    void twoFitsAGridThatCameToTwoByItself() {
        assertThat(follow(2, two(UNSET).with(A, new UUID(4, 4)).with(C, new UUID(5, 5)))
                        .failure())
                .isEmpty();
    }

    @Test
    void twoOfThreeAreLostForGoodAndTheLastGoesOnOnceTheyAreRetired() {
        ReplicaDriver primary = ReplicaDriver.primary(settings(UNSET));
        new SecondaryScript(primary, B).joins();
        new SecondaryScript(primary, C).joins();
        primary.pass(600_000_000);
        primary.pass(600_000_000);
        assertThat(primary.config().members()).as("S stays at minInSync").hasSize(2);

        primary.step(new Input.Retire(B.nodeId()));
        primary.step(new Input.Retire(C.nodeId()));
        assertThat(primary.config().members()).as("both are connected").hasSize(2);
        primary.step(new Input.PeerDisconnected(B.nodeId()));
        primary.step(new Input.PeerDisconnected(C.nodeId()));
        primary.step(new Input.Retire(A.nodeId()));
        primary.step(new Input.Retire(B.nodeId()));
        primary.step(new Input.Retire(C.nodeId()));
        primary.write(0, "k", 1);

        assertThat(primary.config().members()).containsExactly(A);
        assertThat(primary.config().minInSync()).isEqualTo(1);
        assertThat(primary.completed()).hasSize(1);
    }

    @Test
    void nodeCannotBeRetiredBelowWhatWasSet() {
        ReplicaDriver primary = ReplicaDriver.primary(settings(2));
        new SecondaryScript(primary, B).joins();
        primary.step(new Input.PeerDisconnected(B.nodeId()));

        primary.step(new Input.Retire(B.nodeId()));

        assertThat(primary.config().members()).containsExactly(A, B);
    }

    private static GridConfig ofThree(int setting) {
        return ReplicaDriver.primary(settings(setting))
                .config()
                .with(B, new UUID(3, 3))
                .with(C, new UUID(4, 4));
    }

    private static GridConfig two(int setting) {
        return GridConfig.first(new UUID(1, 1), ReplicaDriver.member("leader", 9), setting, new UUID(2, 2))
                .with(B, new UUID(3, 3));
    }

    private static ReplicaDriver follow(int setting, GridConfig config) {
        return ReplicaDriver.start(A, settings(setting), config);
    }

    private static ReplicaSettings settings(int minInSync) {
        return ReplicaSettings.of(600_000_000, minInSync, true, true, false);
    }
}
