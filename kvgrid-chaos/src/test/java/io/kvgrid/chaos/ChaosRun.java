package io.kvgrid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/**
 * The chaos run of the profile of that name. {@code -Dkvgrid.chaos.rounds=N} makes it longer, {@code
 * -Dkvgrid.chaos.seed=N} chooses another schedule.
 */
class ChaosRun {
    @Test
    void noFaultLosesOrReordersAnything() throws IOException, InterruptedException {
        long seed = Long.getLong("kvgrid.chaos.seed", 1);
        int rounds = Integer.getInteger("kvgrid.chaos.rounds", 1);
        Chaos chaos = new Chaos(seed, rounds, System.out);

        chaos.run();

        Effects effects = chaos.effects();
        assertThat(effects.kills()).as("kills").isGreaterThanOrEqualTo(10 * rounds);
        assertThat(effects.killsOfPrimary()).as("kills of the primary").isGreaterThanOrEqualTo(effects.kills() / 2);
        assertThat(effects.failOvers()).as("new primaries").isGreaterThanOrEqualTo(effects.killsOfPrimary());
        assertThat(effects.stops()).as("stops").isGreaterThanOrEqualTo(5 * rounds);
        for (Effects.Kind kind : Effects.Kind.values()) {
            assertThat(effects.unnoticed(kind))
                    .as("faults without effect: %s", kind)
                    .isZero();
        }
        assertThat(effects.splits())
                .as("splits, or none where nothing can be cut")
                .isIn(0, 6 * rounds);
    }
}
