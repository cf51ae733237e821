package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store may take is shared out so that nothing is left over, and nothing is missing. */
class SpaceBoundTest {
    private static final long MIB = 1 << 20;

    /** The largest that there can be at once: no entry is shorter than its record, and peers have all kept that fits. */
    @ParameterizedTest(name = "segments of {0} MiB")
    @ValueSource(longs = {4, 16, 64, 256})
    void everythingThatIsThereWhileACompactionRunsFits(long segmentMiB) {
        SpaceBound bound = new SpaceBound(segmentMiB * MIB);
        for (long live = 0; live < 40L << 30; live = live * 5 / 4 + MIB) {
            for (long log = bound.logBytes(live); log < 2 * bound.logBytes(live); log += log / 10) {
                long growth = bound.growthBytes(live, log, 0, 0);
                long all = 2 * live
                        + 2 * log
                        + growth
                        + bound.keptBytes(live)
                        + 3 * bound.segmentBytes(live)
                        + Reserve.bytes(segmentMiB * MIB);
                boolean tooLong = growth == bound.logBytes(live) / 8;
                assertThat(all <= bound.total(live) || tooLong)
                        .as("live %d, log %d: %d of %d", live, log, all, bound.total(live))
                        .isTrue();
            }
        }
    }

    /** A load that is as fast as it may be finds the same room in each compaction, not much and then none. */
    @ParameterizedTest(name = "segments of {0} MiB")
    @ValueSource(longs = {4, 16, 64, 256})
    void whatGrowsDuringOneCompactionLeavesAsMuchToTheNext(long segmentMiB) {
        SpaceBound bound = new SpaceBound(segmentMiB * MIB);
        for (long live = segmentMiB * MIB; live < 40L << 30; live = live * 5 / 4 + MIB) {
            long log = bound.logBytes(live);
            assertThat(bound.growthBytes(live, log / 4, 0, 0))
                    .as("live %d", live)
                    .isEqualTo(log);
            assertThat(bound.growthBytes(live, log, 0, 0)).as("live %d", live).isEqualTo(log);
        }
    }

    /** Two segments may be used beside the data: a store that has little need not be compacted for each of its own size. */
    @ParameterizedTest(name = "segments of {0} MiB")
    @ValueSource(longs = {16, 64, 256})
    void littleDataIsNotCompactedBeforeNearlyHalfASegmentIsWritten(long segmentMiB) {
        SpaceBound bound = new SpaceBound(segmentMiB * MIB);
        for (long live = 0; live < 40L << 30; live = live * 5 / 4 + MIB) {
            assertThat(bound.logBytes(live)).as("live %d", live).isGreaterThan(segmentMiB * MIB * 41 / 100);
        }
    }
}
