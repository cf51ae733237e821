package io.kvgrid.persistence.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * All checks of crashes, failures, damage and the rest, one after the other until one fails. Loaded once for each
 * {@link StorageMutant}, with its classes.
 */
final class MutantHunt implements Callable<String> {
    static final String FULL_DISK = "full disk";
    static final String INTERRUPTS = "interrupts";
    static final String OWNERS = "owners";
    static final String SCRUB = "scrub";
    static final String BACKUPS = "backups";

    private static final int RANDOM_RUNS = 6;

    private interface Check {
        void run() throws Exception;
    }

    private record Named(String name, Check check) {}

    private final CrashCheck crashes = new CrashCheck(40);
    private final String first;

    /** @param first the name of the check to begin with; empty for the usual order */
    MutantHunt(String first) {
        this.first = first;
    }

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
        checks.add(new Named(FULL_DISK, () -> new FullDiskTest().segmentIsNotMadeOfTheLastRoom()));
        checks.add(new Named(
                FULL_DISK, () -> new FullDiskTest().fullStoreCanBeTruncatedFromItsReserveAndClosedAndOpened()));
        checks.add(new Named(FULL_DISK, () -> new FullDiskTest().spaceThatRunsOutWhileASegmentIsMadeIsAFullDiskToo()));
        checks.add(new Named(OWNERS, inDirectory(directory -> {
            FilePersistenceTest test = new FilePersistenceTest();
            test.temp = directory;
            test.ownerThatLivesIsRefusedEvenWithoutALock();
        })));
        checks.add(new Named(INTERRUPTS, inDirectory(directory -> {
            InterruptTest test = new InterruptTest();
            test.directory = directory;
            try {
                test.interruptsOfUserThreadsAndCallbacksLeaveTheStoreOpen();
            } finally {
                Thread.interrupted(); // what a failure leaves behind would meet the next one
            }
        })));
        checks.add(new Named(SCRUB, () -> {
            ScrubTest test = new ScrubTest();
            try {
                test.anyDamagedByteOfASealedSegmentIsFoundAndTheStoreStops();
            } finally {
                test.close();
            }
        }));
        checks.add(new Named(BACKUPS, () -> new BackupTest().backupHoldsWhatIsCommittedAndNothingBehind()));
        checks.add(new Named(BACKUPS, () -> new BackupTest().cutInTheMiddleOfACommittedGroupBeginsTheBackupAnew()));
        checks.add(new Named(BACKUPS, () -> new BackupTest().directoryThatIsNotEmptyIsRefusedAndLeftAlone()));
        checks.add(new Named(BACKUPS, () -> new BackupFaultsTest().eachCallOfTheTargetMayFail()));
        checks.add(new Named(BACKUPS, () -> new BackupFaultsTest().backupThatIsCutShortIsNoStoreOrAllOfIt()));
        checks.sort(Comparator.comparing(check -> !check.name.equals(first))); // stable
        return checks;
    }

    private interface DirectoryCheck {
        void run(Path directory) throws Exception;
    }

    private static Check inDirectory(DirectoryCheck check) {
        return () -> {
            Path directory = Files.createTempDirectory("mutant");
            try {
                check.run(directory);
            } finally {
                try (Stream<Path> files = Files.list(directory)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(directory);
            }
        };
    }

    private static Check damage(java.util.function.Consumer<DamageTest> check) {
        return () -> check.accept(new DamageTest());
    }
}
