package io.kvgrid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.chaos.Effects.Observed;
import io.kvgrid.chaos.Schedule.Planned;
import java.io.IOException;
import java.util.List;
import java.util.Set;
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
        List<Planned> plan = only == null ? Schedule.of(seed, rounds) : Schedule.only(Fault.valueOf(only), rounds);
        Chaos chaos = new Chaos(topology, seed, plan, System.out);

        chaos.run();

        Effects effects = chaos.effects();
        assertThat(effects.times(Observed.KILLED))
                .as("processes that died of SIGKILL")
                .isEqualTo(Schedule.sum(
                        plan, fault -> fault.kills(topology.victims().size())));
        assertThat(effects.times(Observed.NEW_PRIMARY_AFTER_KILL))
                .as("kills of a primary after which there was another epoch")
                .isEqualTo(Schedule.sum(plan, Fault::killsOfPrimary));
        assertThat(effects.times(Observed.REMOVAL_AFTER_KILL))
                .as("killed secondaries that were removed")
                .isEqualTo(count(plan, Set.of(Fault.KILL_SECONDARY, Fault.WIPE_SECONDARY)));
        assertThat(effects.times(Observed.STOPPED))
                .as("processes that the system called stopped")
                .isEqualTo(Schedule.sum(plan, Fault::stops));
        assertThat(effects.times(Observed.CUT))
                .as("splits that packets were lost in, or none where nothing can be cut")
                .isEqualTo(effects.anySkipped() ? 0 : Schedule.sum(plan, Fault::splits));
        assertThat(effects.times(Observed.SLOWED))
                .as("disks whose appends took longer")
                .isEqualTo(count(plan, Set.of(Fault.SLOW_PRIMARY, Fault.SLOW_SECONDARY)));
    }

    private static int count(List<Planned> plan, Set<Fault> faults) {
        return Schedule.sum(plan, fault -> faults.contains(fault) ? 1 : 0);
    }
}
