package io.kvgrid.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MomentsTest {
    private final Moments moments = new Moments();

    @Test
    void gapInTheMidstIsFound() {
        for (long at : new long[] {90, 10, 20, 100}) { // told late
            moments.add(at);
        }

        assertThat(moments.gaps(5, 95))
                .containsExactly(new Gap(5, 10), new Gap(10, 20), new Gap(20, 90), new Gap(90, 100));
    }

    @Test
    void lastGapEndsWithTheFirstMomentAfterTheEnd() {
        moments.add(3);
        moments.add(50);
        moments.add(60);

        assertThat(moments.gaps(5, 40)).containsExactly(new Gap(5, 50));
        assertThat(moments.anyAfter(50)).isTrue();
        assertThat(moments.anyAfter(60)).isFalse();
    }

    @Test
    void whatIsForgottenIsNotAsked() {
        moments.add(3);

        moments.forget();

        assertThat(moments.anyAfter(0)).isFalse();
        assertThat(moments.gaps(0, 10)).isEmpty();
    }
}
