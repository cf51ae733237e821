package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** A log of 1,000 bytes that may grow by as much again during a compaction that is expected to take 80 units of time. */
class GrowthPaceTest {
    private static final double NO_PROGRESS = 0;

    private final GrowthPace pace = new GrowthPace(1_000, 1_000, 80_000, 0);

    @Test
    void firstGroupNeedNotWait() {
        assertThat(pace.waitNanos(1_000, NO_PROGRESS, 0)).isNotPositive();
    }

    @Test
    void whatWasWrittenIsWaitedForAtTheExpectedSpeed() {
        assertThat(pace.waitNanos(1_100, NO_PROGRESS, 0)).isCloseTo(8_888, within(1L)); // 100 of the 900 bytes left
    }

    @Test
    void timeThatHasPassedIsPartOfTheWaiting() {
        pace.pass(1_100, 5_000);

        long at5000 = pace.waitNanos(1_200, 0.0625, 5_000);
        long at6000 = pace.waitNanos(1_200, 0.0750, 6_000);

        assertThat(at5000).isCloseTo(9_375, within(1L));
        assertThat(at6000).isCloseTo(at5000 - 1_000, within(150L));
    }

    @Test
    void loadThatEndsUpBelowTheBoundNeverWaits() {
        for (long step = 1; step <= 80; step++) {
            long bytes = 1_000 + step * 10;
            assertThat(pace.waitNanos(bytes, step / 80.0, step * 1_000))
                    .as("step %d", step)
                    .isNotPositive();
            pace.pass(bytes, step * 1_000);
        }
    }

    @Test
    void slowerCompactionThanExpectedSlowsTheLogDown() {
        assertThat(pace.waitNanos(1_100, 0.125, 80_000)).isLessThan(0);
        pace.pass(1_100, 80_000);

        assertThat(pace.waitNanos(1_200, 0.125, 80_000)).isCloseTo(39_375, within(1L)); // 315,000 left for 800 bytes
    }

    @Test
    void logThatHasGrownEnoughWaitsForProgressButNeverLong() {
        assertThat(pace.waitNanos(2_000, 0.5, 0)).isEqualTo(GrowthPace.MAX_WAIT_NANOS);
        assertThat(pace.waitNanos(1_999, 0.5, Long.MAX_VALUE / 4)).isNotPositive();
        pace.pass(1_999, Long.MAX_VALUE / 4);
        assertThat(pace.waitNanos(2_999, 0.5, Long.MAX_VALUE / 4)).isEqualTo(GrowthPace.MAX_WAIT_NANOS);
    }
}
