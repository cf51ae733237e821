package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.persistence.file.Script.State;
import io.kvgrid.spi.persistence.LogRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Power cuts and kills at every call of a scripted run (S9–S14). Of what was not forced the disk keeps any subset, torn
 * at 512 or 4096 bytes. Each failure names the call and the seed. More random runs: {@code -Dkvgrid.crashRuns=1000}.
 */
class CrashTest {
    private static final int SEEDS = 40;
    private static final int RANDOM_RUNS = Integer.getInteger("kvgrid.crashRuns", 6);

    private int cuts;
    private int drawn;
    private int states;

    @Test
    void everythingAcknowledgedSurvivesAPowerCutAtAnyCall() {
        cutPowerAtEveryCall(() -> Script.RUNS, "of the scripted run");
        report();
    }

    @Test
    void everythingAcknowledgedSurvivesAPowerCutAtAnyCallOfRandomRuns() {
        for (int seed = 1; seed <= RANDOM_RUNS; seed++) {
            int number = seed;
            cutPowerAtEveryCall(() -> Script.randomRuns(number), "of the random run " + seed);
        }
        report();
    }

    private void cutPowerAtEveryCall(Supplier<List<Consumer<Script>>> runs, String where) {
        int calls = callsOf(runs);
        for (int call = 1; call <= calls; call++) {
            SimDisk disk = new SimDisk();
            cutAt(disk, call);
            Script script = Script.run(disk, runs.get());
            Set<String> seen = new HashSet<>();
            for (int seed = 0; seed < SEEDS; seed++) {
                SimDisk left = disk.afterPowerCut(new Random(seed));
                drawn++;
                if (seen.add(left.fingerprint())) {
                    checkAllowed(script, left, "power cut at call " + call + " " + where + ", seed " + seed);
                }
            }
        }
        cuts += calls;
    }

    private void report() {
        System.out.println("INJECTED power cuts at " + cuts + " calls, " + drawn + " crash states drawn, " + states
                + " different ones checked");
    }

    @Test
    void everythingAcknowledgedSurvivesAKillAtAnyCall() {
        int calls = callsOfTheScript();
        for (int call = 1; call <= calls; call++) {
            SimDisk disk = new SimDisk();
            cutAt(disk, call);
            Script script = Script.run(disk);
            disk.inject(SimDisk.NONE);
            checkAllowed(script, disk, "kill at call " + call);
        }
        System.out.println("INJECTED kills at " + calls + " calls");
    }

    @Test
    void recoveryItselfMayBeCutAtAnyCallAndPromisesOnlyWhatIsDurable() {
        int calls = callsOfTheScript();
        int cuts = 0;
        for (int call = 1; call <= calls; call += 3) {
            SimDisk disk = new SimDisk();
            cutAt(disk, call);
            Script script = Script.run(disk);
            SimDisk first = disk.afterPowerCut(new Random(call));
            for (int second = 1; ; second++) {
                SimDisk running = first.copy();
                cutAt(running, second);
                boolean recovered = SimStore.run(running, store -> {}) == null;
                SimDisk left = running.afterPowerCut(new Random(31L * call + second));
                checkAllowed(script, left, "power cut at call " + call + ", again at call " + second);
                cuts++;
                if (recovered) {
                    break;
                }
            }
        }
        System.out.println("INJECTED power cuts in recovery: " + cuts);
    }

    @Test
    void whatRecoveryGaveSurvivesThePowerCutRightAfterIt() {
        int calls = callsOfTheScript();
        for (int call = 1; call <= calls; call++) {
            SimDisk disk = new SimDisk();
            cutAt(disk, call);
            Script.run(disk);
            disk.inject(SimDisk.NONE);

            SimStore store = SimStore.open(disk); // after a kill: the cache still has what was never forced (S3)
            State given = State.of(store);
            SimDisk left = disk.afterPowerCut(new Random(call));
            store.close();

            try (SimStore again = SimStore.open(left)) {
                assertThat(State.of(again)).as("after call " + call).isEqualTo(given);
            }
        }
    }

    private static int callsOfTheScript() {
        return callsOf(() -> Script.RUNS);
    }

    private static int callsOf(Supplier<List<Consumer<Script>>> runs) {
        SimDisk disk = new SimDisk();
        Script script = Script.run(disk, runs.get());
        assertThat(script.possible).containsExactly(script.state());
        return disk.calls();
    }

    private static void cutAt(SimDisk disk, int call) {
        disk.inject((number, kind, name) -> {
            if (number >= call) {
                throw new SimDisk.PowerCut();
            }
        });
    }

    /** What is left is an allowed state, can be appended to, and stays. */
    private void checkAllowed(Script script, SimDisk left, String when) {
        states++;
        List<LogRecord> expected;
        try (SimStore store = SimStore.open(left)) {
            State found = State.of(store);
            script.requirePossible(found, when);
            Chain chain = new Chain(found.last());
            chain.rewind(found.last());
            List<LogRecord> added = chain.puts(2, 50);
            SimStore.get(store.persistence.append(added));
            expected = new ArrayList<>(found.records());
            expected.addAll(added);
        }
        try (SimStore again = SimStore.open(left)) {
            assertThat(again.recovered.records).as(when).isEqualTo(expected);
        }
    }
}
