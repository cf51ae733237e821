package io.kvgrid.persistence.file;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * All checks of crashes, failures and damage, one after the other until one fails. Loaded once for each
 * {@link StorageMutant}, with its classes.
 */
final class MutantHunt implements Callable<String> {
    private static final int RANDOM_RUNS = 6;

    private interface Check {
        void run() throws Exception;
    }

    private record Named(String name, Check check) {}

    private final CrashCheck crashes = new CrashCheck(40);

    /** Which check failed first; empty if none did. */
    @Override
    public String call() {
        for (Named next : checks()) {
            try {
                next.check.run();
            } catch (Exception | AssertionError e) {
                boolean power = next.name.startsWith("power cuts");
                String after =
                        crashes.states() == 0 ? ": the run itself fails" : " after " + crashes.states() + " states";
                return power ? next.name + after : next.name;
            }
        }
        return "";
    }

    private List<Named> checks() {
        List<Named> checks = new ArrayList<>();
        checks.add(new Named("power cuts", () -> crashes.cutPower(Cut.ofTheScript(), "in the scripted run")));
        CrashTest crash = new CrashTest();
        checks.add(new Named("power cut after recovery", crash::whatRecoveryGaveSurvivesThePowerCutRightAfterIt));
        FailureTest failure = new FailureTest();
        checks.add(new Named("failing calls", failure::everyCallMayFail));
        checks.add(new Named("short writes", failure::shortWritesAreContinued));
        checks.add(new Named(
                "records of another history",
                damage(DamageTest::validRecordsInAnotherOrderOrOfAnotherHistoryAreNotServed)));
        checks.add(new Named("unknown version", () -> new DamageCasesTest().unknownVersionIsRefused()));
        checks.add(new Named("torn group", () -> new DamageCasesTest().tornGroupBehindAKnownEndIsCutToo()));
        checks.add(new Named("flipped bytes", damage(test -> test.anyByteFlipped(false))));
        checks.add(new Named("flipped bytes", damage(test -> test.anyByteFlipped(true))));
        checks.add(new Named("damaged sectors", damage(test -> test.anySectorZeroedDuplicatedSwappedOrStale(false))));
        for (int seed = 1; seed <= RANDOM_RUNS; seed++) {
            int number = seed;
            checks.add(new Named(
                    "power cuts",
                    () -> crashes.cutPower(
                            Cut.allOf(Script.randomRuns(number), SimStore.SEGMENT_BYTES << number % 3),
                            "in the random run " + number)));
        }
        return checks;
    }

    private static Check damage(java.util.function.Consumer<DamageTest> check) {
        return () -> check.accept(new DamageTest());
    }
}
