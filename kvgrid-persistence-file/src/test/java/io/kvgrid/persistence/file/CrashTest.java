package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.persistence.file.Script.State;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Power cuts and kills at every call of a scripted run and of random ones (S9–S14). Of what was not forced the disk keeps
 * any part, torn at 512 or 4096 bytes, or anywhere. Each failure names run, call and draw. More random runs:
 * {@code -Dkvgrid.crashRuns=1000}.
 */
class CrashTest {
    private static final int RANDOM_RUNS = Integer.getInteger("kvgrid.crashRuns", 50);
    private static final int MIN_STATES_OF_A_RUN = 1_000;

    @Test
    void everythingAcknowledgedSurvivesAPowerCutAtAnyCall() {
        CrashCheck check = new CrashCheck(100);

        check.cutPower(Cut.ofTheScript(), "in the scripted run");
        for (int seed = 1; seed <= RANDOM_RUNS; seed++) {
            int segmentBytes = SimStore.SEGMENT_BYTES << seed % 3;
            check.cutPower(Cut.allOf(Script.randomRuns(seed), segmentBytes), "in the random run " + seed);
        }

        System.out.println("INJECTED " + check);
        assertThat(check.losses()).containsOnlyKeys(PowerLoss.Kind.values());
        assertThat(check.states()).isGreaterThanOrEqualTo(RANDOM_RUNS * MIN_STATES_OF_A_RUN);
    }

    @Test
    void everythingAcknowledgedSurvivesAKillAtAnyCall() {
        CrashCheck check = new CrashCheck(0);

        Cut.ofTheScript().forEach(check::kill);

        System.out.println("INJECTED kills at " + check.cuts() + " places");
        assertThat(check.cuts()).isGreaterThan(600);
    }

    @Test
    void recoveryItselfMayBeCutAtAnyCallAndPromisesOnlyWhatIsDurable() {
        CrashCheck check = new CrashCheck(2);
        List<Cut> cuts = Cut.ofTheScript();

        for (Cut cut : cuts) {
            SimDisk left = cut.disk().afterPowerCut(new Random(cut.call()));
            check.cutPower(Cut.inRecovery(left, cut.promise()), "in the recovery from a cut at call " + cut.call());
        }

        System.out.println("INJECTED, in recovery, " + check);
        assertThat(check.states()).isGreaterThan(10_000);
    }

    @Test
    void whatRecoveryGaveSurvivesThePowerCutRightAfterIt() {
        for (Cut cut : Cut.ofTheScript()) {
            SimDisk disk = cut.disk().copy();
            SimStore store = SimStore.open(disk); // after a kill: the cache still has what was never forced (S3)
            State given = State.of(store);
            SimDisk left = disk.afterPowerCut(new Random(cut.call()));
            store.close();

            try (SimStore again = SimStore.open(left)) {
                assertThat(State.of(again)).as("after call " + cut.call()).isEqualTo(given);
            }
        }
    }
}
