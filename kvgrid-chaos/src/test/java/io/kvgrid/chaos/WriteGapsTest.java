package io.kvgrid.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WriteGapsTest {
    @Test
    void leastMedianAndGreatest() {
        WriteGaps gaps = new WriteGaps();
        for (long millis : new long[] {1_500, 1_200, 2_100, 1_300}) {
            gaps.add(millis * 1_000_000);
        }

        assertThat(gaps).hasToString("n=4 min_ms=1200 median_ms=1500 max_ms=2100");
    }

    @Test
    void noneIsNoFailure() {
        assertThat(new WriteGaps()).hasToString("n=0 min_ms=0 median_ms=0 max_ms=0");
    }
}
