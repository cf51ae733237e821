package io.kvgrid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.chaos.Schedule.Planned;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The run of the profile {@code chaos}. {@code -Dkvgrid.chaos.rounds=N} makes it longer, {@code -Dkvgrid.chaos.seed=N}
 * chooses another schedule, {@code -Dkvgrid.chaos.grid} another {@link Topology}, and {@code -Dkvgrid.chaos.only} has each
 * round be one {@link Fault} of that name.
 */
class ChaosRun {
    @Test
    void noFaultLosesOrReordersAnything() throws IOException, InterruptedException {
        Topology topology = Topology.named(System.getProperty("kvgrid.chaos.grid", Topology.THREE.name()));
        long seed = Long.getLong("kvgrid.chaos.seed", 1);
        int rounds = Integer.getInteger("kvgrid.chaos.rounds", 1);
        String only = System.getProperty("kvgrid.chaos.only");
        List<Planned> plan = only == null
                ? Schedule.of(seed, rounds)
                : Collections.nCopies(rounds, new Planned(Fault.valueOf(only), 5_000, 0));
        Chaos chaos = new Chaos(topology, seed, plan, System.out);

        chaos.run();

        Effects effects = chaos.effects();
        assertThat(effects.kills()).as("kills").isEqualTo(Schedule.sum(plan, Fault::kills));
        assertThat(effects.stops()).as("stops").isEqualTo(Schedule.sum(plan, Fault::stops));
        assertThat(effects.splits())
                .as("splits, or none where nothing can be cut")
                .isIn(0, Schedule.sum(plan, Fault::splits));
        assertThat(effects.failOvers())
                .as("new primaries")
                .isGreaterThanOrEqualTo(Schedule.sum(plan, Fault::killsOfPrimary));
        for (Effects.Kind kind : Effects.Kind.values()) {
            assertThat(effects.unnoticed(kind))
                    .as("faults without effect: %s", kind)
                    .isZero();
        }
    }
}
