package io.kvgrid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.chaos.history.Gap;
import org.junit.jupiter.api.Test;

class StallMeterTest {
    private static final long MILLI = 1_000_000;

    private final StallMeter stalls = new StallMeter();

    @Test
    void stallIsForgivenWhereItFallsIntoTheGap() {
        stalls.ran(100 * MILLI, 300 * MILLI);

        assertThat(stalls.correctedNanos(new Gap(0, 400 * MILLI))).isEqualTo(200 * MILLI);
        assertThat(stalls.correctedNanos(new Gap(200 * MILLI, 400 * MILLI))).isEqualTo(100 * MILLI);
        assertThat(stalls.correctedNanos(new Gap(300 * MILLI, 400 * MILLI))).isEqualTo(100 * MILLI);
    }

    @Test
    void restOfTheMeterIsNoStall() {
        stalls.ran(0, 20 * MILLI);

        assertThat(stalls.stalledNanos(0, 20 * MILLI)).isZero();
    }

    @Test
    void noMoreThanASecondIsForgiven() {
        stalls.ran(0, 900 * MILLI);
        stalls.ran(1_000 * MILLI, 4_000 * MILLI);

        assertThat(stalls.stalledNanos(0, 5_000 * MILLI)).isEqualTo(3_900 * MILLI);
        assertThat(stalls.correctedNanos(new Gap(0, 5_000 * MILLI))).isEqualTo(4_000 * MILLI);
    }
}
