package io.kvgrid.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @RepeatedTest(20)
    void pausesDoubleUpToTheCapEachCutByUpToHalf(RepetitionInfo seed) {
        Backoff backoff = new Backoff(20, 1000, new Random(seed.getCurrentRepetition()));

        for (int full : new int[] {20, 40, 80, 160, 320, 640, 1000, 1000, 1000}) {
            assertThat(backoff.nextMillis()).isBetween(full / 2, full);
        }
    }

    @Test
    void resetStartsAgain() {
        Backoff backoff = new Backoff(20, 1000, new Random(1));
        backoff.raiseToMax();
        assertThat(backoff.nextMillis()).isBetween(500, 1000);

        backoff.reset();

        assertThat(backoff.nextMillis()).isBetween(10, 20);
    }
}
