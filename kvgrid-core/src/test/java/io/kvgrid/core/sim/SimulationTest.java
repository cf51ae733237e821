package io.kvgrid.core.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole grids under faults; see {@code docs/testing.md}. */
class SimulationTest {
    static final int SEEDS = 400;

    @Test
    void gridsKeepTheirPromisesUnderFaults() {
        TreeSet<Long> seeds = new TreeSet<>(Campaign.onceFailed());
        LongStream.rangeClosed(1, SEEDS).forEach(seeds::add);

        Campaign campaign = Campaign.run(seeds);

        System.out.println(campaign.summary());
        campaign.failures().forEach((seed, why) -> fail(why.getMessage(), why));
        assertThat(campaign.reports()).hasSameSizeAs(seeds);
        assertThat(campaign.reports().values()).allSatisfy(report -> {
            assertThat(report.simulatedNanos()).isGreaterThanOrEqualTo(60_000_000_000L);
            assertThat(report.operations()).isGreaterThanOrEqualTo(500);
        });
        assertThat(campaign.simulatedSecondsPerCpuSecond())
                .as("simulated seconds in a second of one core")
                .isGreaterThan(Boolean.getBoolean("kvgrid.timing") ? 1_000 : 100); // far less: a check has become slow
        assertThat(campaign.faults())
                .as("each fault must have taken effect")
                .allSatisfy((fault, count) -> assertThat(count).as(fault.name()).isPositive());
        assertThat(campaign.readRecords())
                .as("records read back from disk for nodes that had missed them")
                .isGreaterThan(1_000);
        assertThat(campaign.comparedDigests())
                .as("states compared with the primary's")
                .isGreaterThan(10_000);
    }

    /** P37; {@code SimulatedProcessTest} in the examples does it across two JVMs. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void sameSeedGivesTheSameTraceTwice(long seed) {
        SimReport first = Simulation.run(seed);
        SimReport second = Simulation.run(seed);

        assertThat(second).isEqualTo(first);
        assertThat(first.events()).isPositive();
    }
}
