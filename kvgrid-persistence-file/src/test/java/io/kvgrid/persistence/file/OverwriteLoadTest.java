package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Overwrites the same keys again and again on a real disk, as fast as it goes. Space stays below 2.5 times the live data
 * and two segments all the time, and what was acknowledged is there after a restart. Latencies are compared with those of
 * a store that is never compacted and takes turns with it, once the compiler has done its work, on a machine that does
 * nothing else. For figures: {@code mvn verify -pl kvgrid-persistence-file -am
 * -Dtest=OverwriteLoadTest -Dsurefire.failIfNoSpecifiedTests=false -Dkvgrid.timing=true -Dkvgrid.keys=800000
 * -Dkvgrid.overwrites=4000000 -Dkvgrid.segmentBytes=67108864}.
 */
class OverwriteLoadTest {
    private static final int KEYS = Integer.getInteger("kvgrid.keys", 40_000);
    private static final int TURNS = 5;
    private static final int TURNS_TO_WARM_UP = 2;

    /** What an entry takes in a snapshot: its fields, a key of 16 bytes and a value of 100. */
    private static final long LIVE_BYTES = KEYS * (28L + 16 + 100);

    @TempDir
    Path directory;

    @Test
    void spaceStaysWithinItsBoundAndNothingIsLost() throws IOException {
        int overwrites = Integer.getInteger("kvgrid.overwrites", 150_000);
        int segmentBytes = Integer.getInteger("kvgrid.segmentBytes", 4 << 20);
        long bound = LIVE_BYTES * 5 / 2 + 2L * segmentBytes;
        LoadWriter writer = new LoadWriter(directory, KEYS, true, segmentBytes);
        writer.write(0, KEYS);
        writer.forgetFigures();

        writer.write(KEYS, overwrites);
        writer.store.close();

        System.out.printf(
                "COMPACTION live %.1f MB, written %.1f MB, most used %.1f MB of %.1f%n",
                LIVE_BYTES / 1e6, overwrites * 212L / 1e6, writer.mostUsed / 1e6, bound / 1e6);
        assertThat(writer.mostUsed).isLessThan(bound);
        assertThat(recoveredVersions(overwrites)).isEqualTo(writer.versions);
    }

    @Test
    @EnabledIfSystemProperty(
            named = "kvgrid.timing",
            matches = "true",
            disabledReason = "figures are judged with -Dkvgrid.timing=true where nothing else runs")
    void oneGroupInAHundredWaitsLongerBesideACompactionButNotTwiceAsLong() throws IOException {
        int overwrites = Integer.getInteger("kvgrid.overwrites", 2_500_000);
        int segmentBytes = Integer.getInteger("kvgrid.segmentBytes", 64 << 20);
        LoadWriter compacted = new LoadWriter(directory.resolve("compacted"), KEYS, true, segmentBytes);
        LoadWriter growing = new LoadWriter(directory.resolve("growing"), KEYS, false, segmentBytes);
        try (Stalls stalls = Stalls.watch()) {
            compacted.write(0, KEYS);
            growing.write(0, KEYS);
            for (int turn = 0; turn < TURNS; turn++) {
                if (turn <= TURNS_TO_WARM_UP) {
                    compacted.forgetFigures();
                    growing.forgetFigures();
                }
                growing.write(KEYS, overwrites / TURNS);
                compacted.write(KEYS, overwrites / TURNS);
                compacted.awaitBackground();
            }
            compacted.store.close();
            growing.store.close();

            double ratio = (double) compacted.percentile(99) / growing.percentile(99);
            System.out.printf(
                    "COMPACTION a group of %d takes, in microseconds, without compaction p50 %d p99 %d, with it p50 %d"
                            + " p99 %d (ratio %.2f of %d groups each); the machine's longest stall: %d ms%n",
                    LoadWriter.GROUP,
                    growing.percentile(50),
                    growing.percentile(99),
                    compacted.percentile(50),
                    compacted.percentile(99),
                    ratio,
                    compacted.nanos.size(),
                    stalls.longestNanos() / 1_000_000);
            if (stalls.wereShort()) {
                assertThat(ratio).isLessThan(2.0);
            }
        }
    }

    private Map<Integer, Long> recoveredVersions(int overwrites) {
        Recovered found = new Recovered();
        try (FilePersistence store = FilePersistence.in(directory)) {
            store.open();
            SimStore.get(store.recover(found));
        }
        Map<Integer, Long> byKey = new HashMap<>();
        found.entries.forEach(entry -> byKey.put(entry.key().getInt(0), entry.version()));
        found.records.forEach(record -> byKey.put(record.key().getInt(0), record.lsn()));
        assertThat(found.records).hasSizeLessThan(overwrites / 2);
        return byKey;
    }
}
