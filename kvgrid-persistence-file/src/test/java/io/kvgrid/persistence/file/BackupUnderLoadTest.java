package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.persistence.file.Script.State;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.StoreInUseException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Backups on a real disk, one after the other while a store is written as fast as it goes (S28). */
class BackupUnderLoadTest {
    private static final int BACKUPS = 10;
    private static final int SEGMENT_BYTES = 1 << 18;

    @TempDir
    Path temp;

    private final List<LogRecord> records = new ArrayList<>();
    private final Chain chain = new Chain();

    @Test
    void eachBackupHoldsWhatWasCommittedAtItsRecord() throws IOException {
        List<BackupReport> reports = new ArrayList<>();
        long committedBefore = 0;
        long lastBefore = 0;
        try (FilePersistence store = open(temp.resolve("live"))) {
            for (int i = 0; i < BACKUPS; i++) {
                CompletableFuture<BackupReport> backup = store.backup(temp.resolve("backup" + i));
                while (!backup.isDone()) {
                    append(store);
                }
                BackupReport report = backup.join();
                assertThat(report.upTo().lsn()).isBetween(committedBefore, (long) records.size());
                reports.add(report);
                lastBefore = records.size();
                append(store);
                committedBefore = committed();
            }
        }

        for (BackupReport report : reports) {
            assertThat(tool("verify", report.directory())).contains("GOOD");
            assertThat(tool("stat", report.directory()))
                    .contains("committed=" + report.upTo().lsn());
            State expected = new State(
                    RecordId.NONE,
                    Set.of(),
                    List.copyOf(records.subList(0, (int) report.upTo().lsn())),
                    Optional.empty());
            assertThat(expected.isHeldBy(restored(report.directory())))
                    .as("%s", report)
                    .isTrue();
        }
        System.out.println(BACKUPS + " backups while " + lastBefore + " records were written; the last one: "
                + reports.get(BACKUPS - 1));
        assertThat(reports.get(BACKUPS - 1).entries()).isPositive();
    }

    /** Appends some records, and says that all but the last one are committed. */
    private void append(FilePersistence store) {
        List<LogRecord> added = chain.puts(20, 2_000);
        records.addAll(added);
        SimStore.get(store.append(added));
        long lsn = committed();
        store.committed(lsn, () -> Script.stateAt(lsn));
    }

    private long committed() {
        return records.get(records.size() - 2).lsn();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void filesAreReadableByTheirOwnerOnly() throws IOException {
        Path target = temp.resolve("new/backup");
        try (FilePersistence store = open(temp.resolve("live"))) {
            append(store);
            store.backup(target).join();
        }

        for (Path directory : List.of(target, temp.resolve("new"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
        }
        try (Stream<Path> files = Files.list(target)) {
            for (Path file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as("%s", file)
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void liveDirectoryAndFilesAreNoTargets() throws IOException {
        Path live = temp.resolve("live");
        Path file = Files.writeString(temp.resolve("file"), "mine");
        try (FilePersistence store = open(live)) {
            append(store);

            for (Path target : List.of(live, temp, file)) {
                assertThatThrownBy(() -> store.backup(target).join())
                        .as("%s", target)
                        .hasRootCauseInstanceOf(IOException.class);
            }

            append(store);
        }
        assertThat(file).hasContent("mine");
        assertThat(restored(live).last())
                .isEqualTo(records.get(records.size() - 1).id());
    }

    /** S21: with the files the owner's name is copied, and it lives. Afterwards the start count tells (P7). */
    @Test
    void directoryThatIsCopiedByHandIsRefusedWhileItsNodeLives() throws IOException {
        Path live = temp.resolve("live");
        Path copy = Files.createDirectory(temp.resolve("copy"));
        try (FilePersistence store = open(live)) {
            append(store);
            try (Stream<Path> files = Files.list(live)) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(file.getFileName()));
                }
            }

            try (FilePersistence copied = FilePersistence.in(copy)) {
                assertThatThrownBy(copied::open)
                        .isInstanceOf(StoreInUseException.class)
                        .hasMessageContaining("pid " + ProcessHandle.current().pid());
            }
        }
    }

    private static FilePersistence open(Path directory) {
        FilePersistence store =
                FilePersistence.builder(directory).segmentBytes(SEGMENT_BYTES).build();
        store.open();
        SimStore.get(store.recover(new Recovered()));
        return store;
    }

    private static State restored(Path directory) {
        Recovered found = new Recovered();
        try (FilePersistence store = FilePersistence.in(directory)) {
            assertThat(store.open()).isEmpty();
            SimStore.get(store.recover(found));
        }
        return State.of(found, Optional.empty());
    }

    /** What the tool says; it must find nothing wrong. */
    private static String tool(String command, Path directory) {
        StringWriter out = new StringWriter();
        PrintWriter err = new PrintWriter(System.err, true, UTF_8);
        assertThat(LogTool.run(new PrintWriter(out), err, command, directory.toString()))
                .as("%s %s", command, directory)
                .isZero();
        return out.toString();
    }
}
