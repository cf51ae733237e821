package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.persistence.file.Script.State;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * A backup holds what is committed, whatever the store does meanwhile, and is a store of its own (S28). Its crashes and
 * failures are {@link BackupFaultsTest}'s.
 */
class BackupTest {
    private final SimDisk disk = new SimDisk();
    private final SimDisk target = new SimDisk();
    private final Chain chain = new Chain();
    private final List<LogRecord> records = new ArrayList<>();
    private final SimStore store = SimStore.open(disk);

    @Test
    void backupHoldsWhatIsCommittedAndNothingBehind() {
        append(20);
        commit(15);
        append(3);
        SimStore.get(store.persistence.saveMetadata(UTF_8.encode("promises")));

        BackupReport report = backup();

        assertThat(report.upTo()).isEqualTo(records.get(14).id());
        assertHolds(report);
    }

    @Test
    void backupKeepsToItsRate() {
        append(60);
        commit(50);
        append(10);
        commit(70);
        TestPauses pauses = new TestPauses();

        CompletableFuture<BackupReport> backup = inBackground(pauses);
        long nanos = 0;
        long next = pauses.awaitNext();
        while (next > 0) { // the last one only asks whether the store is closed
            nanos += next;
            pauses.over();
            next = pauses.awaitNext();
        }
        pauses.over();
        BackupReport report = backup.join();

        long copied = (report.entries() + report.records()) * 150;
        assertThat(nanos / 1_000_000).as("a millisecond for each byte").isGreaterThan(copied);
        assertHolds(report);
    }

    @Test
    void closingEndsABackupThatKeepsToItsRate() {
        append(20);
        commit(20);
        TestPauses pauses = new TestPauses();
        CompletableFuture<BackupReport> backup = inBackground(pauses);
        pauses.awaitNext();

        store.persistence.close();

        assertThatThrownBy(backup::join) // which Java 25 wraps once more
                .rootCause()
                .isInstanceOf(CancellationException.class)
                .hasMessageContaining("is being closed");
        assertThat(target.names()).doesNotContain(FileNames.MANIFEST);
    }

    @Test
    void rateOfNothingIsRefused() {
        assertThatThrownBy(() -> store.persistence.backup(Path.of("unused"), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void backupHasASnapshotOnceTheStoreHasOne() {
        append(60);
        commit(50);
        append(10);
        commit(65);

        BackupReport report = backup();

        assertThat(report.entries()).isEqualTo(10);
        assertThat(report.upTo().lsn()).isEqualTo(65);
        assertHolds(report);
    }

    @Test
    void backupCarriesNothingOfTheNode() {
        append(20);
        commit(20);
        SimStore.get(store.persistence.saveMetadata(UTF_8.encode("store id, votes, promises")));

        backup();

        assertThat(target.names()).contains(FileNames.MANIFEST, FileNames.META);
        for (String name : target.names()) {
            assertThat(new String(target.content(name), UTF_8)).as(name).doesNotContain("store id");
        }
        try (SimStore restored = SimStore.open(target)) {
            assertThat(restored.metadata).as("what makes it a new store (P7)").isEmpty();
            assertThat(restored.report.lastRun()).isEqualTo(RecoveryReport.LastRun.NONE);
        }
    }

    @Test
    void emptyStoreGivesAnEmptyStore() {
        BackupReport report = backup();

        assertThat(report.upTo()).isEqualTo(RecordId.NONE);
        assertHolds(report);
    }

    @Test
    void storeGoesOnFromItsBackup() {
        append(40);
        commit(40);
        backup();
        List<LogRecord> added = chain.puts(30, 150);

        try (SimStore restored = SimStore.open(target)) {
            SimStore.get(restored.persistence.append(added));
        }

        List<LogRecord> all = new ArrayList<>(records);
        all.addAll(added);
        assertThat(new State(RecordId.NONE, Set.of(), all, Optional.empty()).isHeldBy(reopened(target)))
                .isTrue();
    }

    /** At each call of the target the store compacts, which removes the files that are being copied, and cuts its log. */
    @Test
    void storeMayReplaceWhatIsBeingCopied() {
        append(60);
        commit(50);
        backup();
        int calls = target.calls();

        for (int call = 1; call <= calls; call++) {
            SimDisk next = new SimDisk();
            int number = call;
            int commits = records.size();
            commit(commits);
            next.inject((at, what, name) -> {
                if (at == number) {
                    append(15);
                    commit(commits + 12);
                    SimStore.get(store.persistence.truncateAfter(commits + 12));
                    records.subList(commits + 12, commits + 15).clear();
                    chain.rewind(records.get(commits + 11).id());
                    append(1);
                }
            });

            BackupReport report = store.persistence.backup(next).join();

            assertThat(report.upTo().lsn()).as("call %d", call).isEqualTo(commits);
            assertHolds(next, report);
        }
        assertThat(calls).isGreaterThan(20);
    }

    @Test
    void stateOfAnotherNodeLeavesWhatIsBeingCopied() {
        append(60);
        commit(50);
        onFirstCall(() -> {
            SnapshotInstallation installation = store.persistence.installSnapshot();
            SimStore.get(installation.commit(new RecordId(9, 500, 77), Script.stateAt(500)));
        });

        BackupReport report = backup();

        assertThat(report.upTo().lsn()).isEqualTo(50);
        assertHolds(report);
    }

    /** A group with committed and other records is written anew when the others are cut off. */
    @Test
    void cutInTheMiddleOfACommittedGroupBeginsTheBackupAnew() {
        append(40, 150);
        commit(1); // compacts, so that the next one does not
        append(3, 5);
        commit(42);
        List<String> deleted = new ArrayList<>();
        target.inject((at, what, name) -> {
            if (at == 1) {
                SimStore.get(store.persistence.truncateAfter(42));
                records.remove(42);
            }
            if (what == SimDisk.Call.DELETE) {
                deleted.add(name);
            }
        });

        BackupReport report = backup();

        assertThat(deleted).as("of the first attempt").contains(FileNames.snapshot(1));
        assertThat(report.upTo().lsn()).isEqualTo(42);
        assertHolds(report);
    }

    @Test
    void directoryThatIsNotEmptyIsRefusedAndLeftAlone() throws IOException {
        target.create("mine").close();

        assertFails(store.persistence.backup(target), FileAlreadyExistsException.class, "mine");

        assertThat(target.names()).containsExactly("mine");
    }

    @Test
    void secondBackupAtOnceIsRefused() {
        append(3);
        commit(3);
        onFirstCall(() -> assertThatThrownBy(() -> store.persistence.backup(new SimDisk()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another backup is being made, in sim/"));

        backup();

        assertThat(store.persistence.backup(new SimDisk()).join().upTo().lsn()).isEqualTo(3);
    }

    @Test
    void backupNeedsAStoreThatIsRecoveredAndOpen() {
        FilePersistence other =
                FilePersistence.builder(Path.of("sim")).disk(new SimDisk()).build();
        assertThatThrownBy(() -> other.backup(target)).isInstanceOf(IllegalStateException.class);
        other.open();
        assertThatThrownBy(() -> other.backup(target))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("recover comes first");
        other.close();
        assertThatThrownBy(() -> other.backup(target)).isInstanceOf(IllegalStateException.class);
        assertThat(target.names()).isEmpty();
    }

    /** Whoever finds damage, it counts for the store (S7, P18). */
    @Test
    void damageThatABackupFindsStopsTheStoreAndNamesThePlace() {
        AtomicReference<CorruptLogException> told = new AtomicReference<>();
        store.persistence.onDamage(told::set);
        append(60);
        commit(20);
        append(10);
        commit(65);
        String sealed = StoreToDamage.segments(disk).get(0);
        byte[] bytes = disk.content(sealed);
        bytes[700] ^= 1;
        disk.damage(sealed, bytes);

        assertFails(store.persistence.backup(target), CorruptLogException.class, sealed + " at byte");

        assertThatThrownBy(() -> append(1)).isInstanceOf(CorruptLogException.class);
        assertThat(told.get()).hasMessageContaining(sealed);
        assertThat(target.names()).isEmpty();
        assertFails(store.persistence.backup(target), CorruptLogException.class, sealed);
    }

    @Test
    void closeEndsABackup() {
        CompletableFuture<Void> started = new CompletableFuture<>();
        Backup.Source endless = beforeRead -> {
            started.complete(null);
            while (true) {
                beforeRead.accept(1);
            }
        };
        Backups backups = new Backups(
                (directory, rate, pauses) ->
                        new Backup(endless, directory, disk::nextSalt, SimStore.SEGMENT_BYTES, rate, pauses),
                Runnable::run,
                failure -> {
                    throw failure;
                });
        CompletableFuture<Void> closed = started.thenRunAsync(backups::close);

        CompletableFuture<BackupReport> result = backups.start(target, ByteRate.UNLIMITED, Pauses.parked());

        assertThatThrownBy(result::join).isInstanceOf(CancellationException.class);
        closed.join();
        assertThatThrownBy(() -> backups.start(target, ByteRate.UNLIMITED, Pauses.parked()))
                .isInstanceOf(IllegalStateException.class);
    }

    /** An error is no disk's answer, and ends the store (P43). */
    @Test
    void errorInABackupEndsTheStore() {
        append(3);
        commit(3);
        onFirstCall(() -> {
            throw new StackOverflowError("injected");
        });

        assertThatThrownBy(() -> backup()).hasRootCauseInstanceOf(StackOverflowError.class);

        assertThatThrownBy(() -> append(1)).isInstanceOf(PersistenceException.class);
    }

    private void onFirstCall(Runnable action) {
        target.inject((at, what, name) -> {
            if (at == 1) {
                action.run();
            }
        });
    }

    private void append(int count) {
        append(count, 150);
    }

    /** One group. */
    private void append(int count, int valueBytes) {
        List<LogRecord> added = chain.puts(count, valueBytes);
        records.addAll(added);
        SimStore.get(store.persistence.append(added));
    }

    /** On return a compaction that this started has ended. */
    private void commit(long lsn) {
        store.persistence.committed(lsn, () -> Script.stateAt(lsn));
        SimStore.get(store.persistence.truncateAfter(records.size()));
        SimStore.get(store.persistence.truncateAfter(records.size()));
    }

    private BackupReport backup() {
        return store.persistence.backup(target).join();
    }

    /** A byte takes a millisecond. */
    private CompletableFuture<BackupReport> inBackground(Pauses pauses) {
        return CompletableFuture.supplyAsync(() ->
                store.persistence.backup(target, new ByteRate(1_000), pauses).join());
    }

    private void assertHolds(BackupReport report) {
        assertHolds(target, report);
    }

    private void assertHolds(SimDisk copy, BackupReport report) {
        SimDisk left = copy.afterPowerCut(new Random(1));
        State found = reopened(left);
        int upTo = (int) report.upTo().lsn();
        State expected = new State(RecordId.NONE, Set.of(), List.copyOf(records.subList(0, upTo)), Optional.empty());
        assertThat(expected.isHeldBy(found)).as("%s in %s", report, found).isTrue();
        assertThat(found.last()).isEqualTo(report.upTo());
    }

    /** What a start finds; all of it is known to be committed. */
    private static State reopened(SimDisk copy) {
        try (SimStore restored = SimStore.open(copy)) {
            return State.of(restored);
        }
    }

    private static void assertFails(
            CompletableFuture<BackupReport> backup, Class<? extends Exception> type, String message) {
        assertThatThrownBy(() -> {
                    try {
                        backup.join();
                    } catch (CompletionException e) {
                        throw e.getCause();
                    }
                })
                .isInstanceOf(type)
                .hasMessageContaining(message);
    }
}
