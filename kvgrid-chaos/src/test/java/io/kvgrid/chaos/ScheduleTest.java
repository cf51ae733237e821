package io.kvgrid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.chaos.Schedule.Planned;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void roundHasWhatIsAskedFor() {
        for (long seed = 0; seed < 20; seed++) {
            List<Planned> schedule = Schedule.of(seed, 1);

            int kills = Schedule.sum(schedule, fault -> fault.kills(3));
            assertThat(kills).isGreaterThanOrEqualTo(10);
            assertThat(Schedule.sum(schedule, Fault::killsOfPrimary)).isGreaterThanOrEqualTo(kills / 2);
            assertThat(Schedule.sum(schedule, Fault::stops)).isGreaterThanOrEqualTo(5);
            assertThat(Schedule.sum(schedule, Fault::splits)).isGreaterThanOrEqualTo(6);
        }
    }

    @Test
    void everyFaultIsInIt() {
        assertThat(Schedule.of(1, 1)).extracting(Planned::fault).contains(Fault.values());
    }

    @Test
    void seedDecidesAll() {
        assertThat(Schedule.of(7, 3))
                .isEqualTo(Schedule.of(7, 3))
                .hasSize(3 * Schedule.of(7, 1).size());
        assertThat(Schedule.of(7, 1)).isNotEqualTo(Schedule.of(8, 1));
    }

    @Test
    void stopsLastFromOneToFifteenSeconds() {
        assertThat(Schedule.of(1, 1))
                .filteredOn(planned -> planned.fault().stops() > 0)
                .extracting(Planned::millis)
                .contains(1_000, 15_000)
                .allSatisfy(millis -> assertThat(millis).isBetween(1_000, 15_000));
    }

    @Test
    void splitsLastLongerThanWritesMayStop() {
        assertThat(Schedule.of(1, 1))
                .filteredOn(planned -> planned.fault().splits() > 0)
                .isNotEmpty()
                .allSatisfy(planned -> assertThat(planned.millis()).isGreaterThan((int) Topology.THREE
                        .longestGap(Topology.THREE.election())
                        .plus(StallMeter.MOST_FORGIVEN.multipliedBy(2))
                        .toMillis()));
    }
}
