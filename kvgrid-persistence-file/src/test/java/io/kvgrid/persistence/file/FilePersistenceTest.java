package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import io.kvgrid.spi.persistence.StoreInUseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FilePersistenceTest {
    @TempDir
    Path temp;

    @Test
    void appendedRecordsAreReadBack() {
        Chain chain = new Chain();
        List<LogRecord> records = chain.puts(100, 100);
        try (FilePersistence store = open()) {
            SimStore.get(store.append(records));
            store.committed(60, () -> ByteBuffer.allocate(0));
        }

        Recovered found = recover();

        assertThat(found.records).isEqualTo(records);
        assertThat(found.expected).isEqualTo(100);
        assertThat(found.committed).isEqualTo(60);
    }

    @Test
    void logRollsOverManySegments() throws IOException {
        Chain chain = new Chain();
        List<LogRecord> records = chain.puts(500, 1_000);
        try (FilePersistence store = open(1 << 16)) {
            List<CompletionStage<Void>> stages = new ArrayList<>();
            for (LogRecord record : records) {
                stages.add(store.append(List.of(record)));
            }
            stages.forEach(SimStore::get);
        }

        assertThat(filesEndingWith(".log")).hasSizeGreaterThan(7);
        assertThat(recover().records).isEqualTo(records);
    }

    @Test
    void recordLargerThanASegmentGetsItsOwn() {
        Chain chain = new Chain();
        List<LogRecord> records = chain.puts(3, 10);
        records.addAll(chain.puts(2, 3 << 20));
        records.addAll(chain.puts(3, 10));
        try (FilePersistence store = open(1 << 16)) {
            SimStore.get(store.append(records));
        }

        assertThat(recover().records).isEqualTo(records);
    }

    @Test
    void smallStoreCostsLittleSpace() throws IOException {
        try (FilePersistence store = open()) {
            SimStore.get(store.append(new Chain().puts(10, 100)));

            long bytes = 0;
            for (Path file : filesEndingWith("")) {
                bytes += Files.size(file);
            }
            assertThat(bytes).isLessThan(3 << 20);
        }
    }

    @Test
    void onlyTheOwnerMayReadTheFiles() throws IOException {
        Path directory = temp.resolve("a/b");
        try (FilePersistence store = FilePersistence.in(directory)) {
            store.open();
            SimStore.get(store.recover(new Recovered()));
            SimStore.get(store.append(new Chain().puts(1, 10)));

            try (var files = Files.list(directory)) {
                assertThat(files)
                        .isNotEmpty()
                        .allSatisfy(
                                file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                                        .isEqualTo("rw-------")); // X10
            }
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void secondStoreOnTheDirectoryIsRefusedAndTheFirstKeepsItsLock() {
        FilePersistence first = open();
        try (first;
                FilePersistence second = FilePersistence.in(temp)) {
            assertThatThrownBy(second::open)
                    .isInstanceOf(StoreInUseException.class)
                    .hasMessageContaining("pid " + ProcessHandle.current().pid())
                    .hasMessageContaining(temp.toString());
            SimStore.get(first.append(new Chain().puts(1, 10)));
        }

        assertThat(recover().records).hasSize(1);
    }

    @Test
    void ownerOfADeadProcessIsNoObstacle() throws IOException {
        Files.writeString(temp.resolve(DirectoryLock.OWNER), "1999999999 12345\n");

        open().close();

        assertThat(temp.resolve(DirectoryLock.OWNER)).doesNotExist();
    }

    /** Killed, and its parent does not take notice: a container whose first process does not wait for others does that. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @Timeout(60)
    void ownerThatHasEndedUnnoticedIsNoObstacle() throws IOException {
        // the child ends only once its parent is a sleep: a shell might take notice of its end
        String script = "(until grep -q sleep /proc/$$/comm; do :; done) & echo $!; exec sleep 600";
        Process parent = new ProcessBuilder("sh", "-c", script).start();
        try {
            long pid = Long.parseLong(parent.inputReader().readLine());
            Path stat = Path.of("/proc/" + pid + "/stat");
            while (!Files.readString(stat).contains(") Z ")) {
                Thread.onSpinWait();
            }
            long start = ProcessHandle.of(pid)
                    .flatMap(process -> process.info().startInstant())
                    .orElseThrow()
                    .toEpochMilli();
            Files.writeString(temp.resolve(DirectoryLock.OWNER), pid + " " + start + "\n");

            open().close();

            assertThat(temp.resolve(DirectoryLock.OWNER)).doesNotExist();
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void ownerThatLivesIsRefusedEvenWithoutALock() throws IOException {
        ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
        long start = parent.info().startInstant().orElseThrow().toEpochMilli();
        Files.writeString(temp.resolve(DirectoryLock.OWNER), parent.pid() + " " + start + "\n");

        try (FilePersistence store = FilePersistence.in(temp)) {
            assertThatThrownBy(store::open)
                    .isInstanceOf(StoreInUseException.class)
                    .hasMessageContaining("process " + parent.pid());
        }
    }

    @Test
    void installedSnapshotIsTheWholeContent() throws IOException {
        List<SnapshotEntry> entries = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            entries.add(entry("k" + i, "v" + i));
        }
        RecordId label = new RecordId(4, 9_000, 77);
        Chain chain = new Chain(label);
        List<LogRecord> after = chain.puts(5, 10);
        try (FilePersistence store = open()) {
            SimStore.get(store.append(new Chain().puts(10, 10)));
            SimStore.get(store.saveMetadata(ByteBuffer.wrap("meta".getBytes(UTF_8))));
            SnapshotInstallation installation = store.installSnapshot();
            SimStore.get(installation.add(entries));
            SimStore.get(installation.add(List.of(entry("k7", "again"), removal("k8"), removal("none"))));
            SimStore.get(installation.commit(label, ByteBuffer.wrap("state".getBytes(UTF_8))));
            SimStore.get(store.append(after));
        }

        entries.set(7, entry("k7", "again"));
        entries.remove(8);
        Recovered found = recover();
        assertThat(found.base).isEqualTo(label);
        assertThat(found.state).isEqualTo(ByteBuffer.wrap("state".getBytes(UTF_8)));
        assertThat(found.entries).containsExactlyInAnyOrderElementsOf(entries);
        assertThat(found.records).isEqualTo(after);
        assertThat(found.expected).isEqualTo(found.entries.size() + after.size());
        assertThat(filesEndingWith(".log")).hasSize(1);
        assertThat(filesEndingWith(".snap")).hasSize(1);
        assertThat(filesEndingWith(".tmp")).isEmpty();
    }

    @Test
    void metadataLargerThanASlotIsKept() {
        byte[] large = new byte[100_000];
        large[99_999] = 1;
        try (FilePersistence store = open()) {
            SimStore.get(store.saveMetadata(ByteBuffer.wrap(new byte[] {1})));
            SimStore.get(store.saveMetadata(ByteBuffer.wrap(large)));
            SimStore.get(store.append(new Chain().puts(3, 10)));
        }

        try (FilePersistence store = FilePersistence.in(temp)) {
            assertThat(store.open()).contains(ByteBuffer.wrap(large));
        }
    }

    /** What a run that ended in the middle has left (S11, S13). */
    @Test
    void unfinishedAndUnreferencedFilesAreRemoved() throws IOException {
        try (FilePersistence store = FilePersistence.in(temp)) {
            store.open();
            SimStore.get(store.recover(new Recovered()));
        }
        List<String> leftOver = List.of(
                "manifest.tmp", "meta.tmp", "reserve.tmp", "0000000077.snap.tmp", "0000000078.snap", "0000000079.log");
        for (String name : leftOver) {
            Files.write(temp.resolve(name), new byte[10]);
        }

        try (FilePersistence store = FilePersistence.in(temp)) {
            store.open();
        }

        for (String name : leftOver) {
            assertThat(temp.resolve(name)).doesNotExist();
        }
    }

    @Test
    void foreignFilesAreLeftAlone() throws IOException {
        Files.writeString(temp.resolve("notes.txt"), "mine");
        Files.writeString(temp.resolve("7.log"), "mine");
        open().close();
        open().close();

        assertThat(temp.resolve("notes.txt")).hasContent("mine");
        assertThat(temp.resolve("7.log")).hasContent("mine");
    }

    private static SnapshotEntry entry(String key, String value) {
        return new SnapshotEntry(
                1, ByteBuffer.wrap(key.getBytes(UTF_8)), ByteBuffer.wrap(value.getBytes(UTF_8)), 8_000, 0);
    }

    private static SnapshotEntry removal(String key) {
        return new SnapshotEntry(1, ByteBuffer.wrap(key.getBytes(UTF_8)), null, 8_500, 0);
    }

    private List<Path> filesEndingWith(String suffix) throws IOException {
        try (var files = Files.list(temp)) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }

    private Recovered recover() {
        Recovered found = new Recovered();
        try (FilePersistence store = FilePersistence.in(temp)) {
            store.open();
            SimStore.get(store.recover(found));
        }
        return found;
    }

    private FilePersistence open() {
        return open(64 << 20);
    }

    private FilePersistence open(int segmentBytes) {
        FilePersistence store =
                FilePersistence.builder(temp).segmentBytes(segmentBytes).build();
        store.open();
        SimStore.get(store.recover(new Recovered()));
        return store;
    }
}
