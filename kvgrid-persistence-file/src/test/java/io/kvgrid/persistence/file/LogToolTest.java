package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogToolTest {
    private static final RecordId LABEL = new RecordId(3, 1_000, 0x0BAD_CAFE);
    private static final List<SnapshotEntry> ENTRIES =
            List.of(new SnapshotEntry(1, UTF_8.encode("alpha"), UTF_8.encode("first"), 990, 0));

    @TempDir
    Path temp;

    private Path store = Path.of("");
    private final List<LogRecord> records = new Chain(LABEL).puts(30, 100);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void fill() {
        store = temp.resolve("store");
        write(store, records);
    }

    private static void write(Path directory, List<LogRecord> content) {
        try (FilePersistence persistence =
                FilePersistence.builder(directory).segmentBytes(4096).build()) {
            persistence.open();
            SimStore.get(persistence.recover(new Recovered()));
            SimStore.get(persistence.saveMetadata(UTF_8.encode("promises")));
            SnapshotInstallation installation = persistence.installSnapshot();
            SimStore.get(installation.add(ENTRIES));
            SimStore.get(installation.commit(LABEL, UTF_8.encode("state")));
            for (LogRecord record : content) {
                SimStore.get(persistence.append(List.of(record)));
            }
        }
    }

    @Test
    void goodStoreIsVerifiedAndUnchanged() throws IOException {
        Map<String, ByteBuffer> before = content(store);

        assertThat(run("verify", store.toString())).isZero();

        assertThat(out.toString())
                .contains("snapshot up to 3:1000#badcafe, 1 entries", "log of 30 records up to 3:1030#", "GOOD");
        assertThat(content(store)).isEqualTo(before);
    }

    @Test
    void damageIsNamedAndNothingIsChanged() throws IOException {
        damage("0000000003.log", 700);
        Map<String, ByteBuffer> before = content(store);

        assertThat(run("verify", store.toString())).isEqualTo(1);

        assertThat(err.toString())
                .contains("DAMAGED", store.resolve("0000000003.log") + " at byte 560", "expected", "found");
        assertThat(out.toString()).doesNotContain("GOOD");
        assertThat(content(store)).isEqualTo(before);
    }

    @Test
    void tornEndIsNoDamage() throws IOException {
        Files.delete(store.resolve("meta"));
        try (FilePersistence other = FilePersistence.in(temp.resolve("other"))) {
            other.open();
            SimStore.get(other.recover(new Recovered()));
        }
        Files.copy(temp.resolve("other/meta"), store.resolve("meta")); // a side file that knows nothing of this log
        Path last = store.resolve("0000000005.log");
        byte[] bytes = Files.readAllBytes(last);
        int end = bytes.length - 1;
        while (bytes[end] == 0) {
            end--;
        }
        bytes[end] ^= 1;
        Files.write(last, bytes);

        assertThat(run("verify", store.toString())).isZero();

        assertThat(out.toString()).contains("log of 29 records", "torn end", last.toString());
    }

    @Test
    void statNamesEachFile() {
        assertThat(run("stat", store.toString())).isZero();

        assertThat(out.toString())
                .contains("meta clean=true growing=0000000005.log durable=1030")
                .contains("0000000002.snap bytes=", "label=3:1000#badcafe")
                .contains("0000000003.log bytes=4096 behind=3:1000#badcafe", "end=", "growing");
    }

    @Test
    void dumpShowsNoKeysOrValuesUnlessToldTo() {
        assertThat(run("dump", store.toString())).isZero();
        String plain = out.toString();
        assertThat(run("dump", store.toString(), "--data", "--from", "1029")).isZero();
        String data = out.toString();

        assertThat(plain.lines())
                .contains("snapshot 3:1000#badcafe state=5 bytes", "entry map=1 version=990 key=5 bytes value=5 bytes")
                .anyMatch(line -> line.startsWith("1001 put epoch=3 map=1 key=4 bytes value=100 bytes 3:1001#"))
                .filteredOn(line -> line.contains(" put "))
                .hasSize(30);
        assertThat(data.lines()).filteredOn(line -> line.contains(" put ")).hasSize(2);
        assertThat(data).contains("key=6b657938 value=333a31"); // key8, "3:1…"
    }

    @Test
    void storesThatHoldTheSameAreTheSameWhereverTheyWereCompacted() {
        Path other = temp.resolve("other");
        write(other, records.subList(0, 29));
        FilePersistence persistence = FilePersistence.builder(other)
                .segmentBytes(4096)
                .background(Runnable::run)
                .build();
        try (persistence) {
            persistence.open();
            SimStore.get(persistence.recover(new Recovered()));
            persistence.committed(1_020, () -> Script.stateAt(1_020));
            SimStore.get(persistence.truncateAfter(1_029)); // changes nothing; what was begun before has ended
            SimStore.get(persistence.truncateAfter(1_029));
        }
        assertThat(other.resolve("0000000002.snap")).doesNotExist();

        assertThat(run("diff", store.toString(), other.toString())).isZero();

        assertThat(out.toString()).contains("SAME up to lsn 1029; the first ends at 1030, the second at 1029");
    }

    @Test
    void differenceIsNamed() {
        Path other = temp.resolve("other");
        Chain chain = new Chain(records.get(19).id());
        chain.rewind(records.get(19).id());
        List<LogRecord> otherRecords = Stream.concat(records.subList(0, 20).stream(), chain.puts(5, 100).stream())
                .toList();
        write(other, otherRecords);

        assertThat(run("diff", store.toString(), other.toString())).isEqualTo(1);

        assertThat(out.toString())
                .contains("DIFFERENT from lsn 1021 on: 3:1021#")
                .contains("and 4:1021#");
    }

    @Test
    void repairCopiesAllUpToTheDamageAndNoPromises() throws IOException {
        damage("0000000004.log", 700);
        Map<String, ByteBuffer> before = content(store);
        Path copy = temp.resolve("copy");

        assertThat(run("repair", store.toString(), "--to", copy.toString())).isEqualTo(1);

        assertThat(content(store)).isEqualTo(before);
        assertThat(out.toString()).contains("DAMAGED", "0000000004.log at byte", "COPIED all up to 3:10");
        Recovered found = new Recovered();
        try (FilePersistence persistence = FilePersistence.in(copy)) {
            assertThat(persistence.open()).isEmpty();
            SimStore.get(persistence.recover(found));
        }
        assertThat(found.base).isEqualTo(LABEL);
        assertThat(found.state).isEqualTo(UTF_8.encode("state"));
        assertThat(found.entries).isEqualTo(ENTRIES);
        assertThat(found.records).hasSizeBetween(10, 29).isEqualTo(records.subList(0, found.records.size()));
    }

    @Test
    void damagedSnapshotIsNotCopied() throws IOException {
        damage("0000000002.snap", 530);
        Path copy = temp.resolve("copy");

        assertThat(run("repair", store.toString(), "--to", copy.toString())).isEqualTo(1);

        assertThat(err.toString()).contains("DAMAGED", "0000000002.snap");
        assertThat(copy).doesNotExist();
    }

    @Test
    void wrongUseIsSaid() throws IOException {
        Path empty = Files.createDirectory(temp.resolve("empty"));

        assertThat(run()).isEqualTo(2);
        assertThat(run("verify")).isEqualTo(2);
        assertThat(run("frob", store.toString())).isEqualTo(2);
        assertThat(run("repair", store.toString())).isEqualTo(2);
        assertThat(run("repair", store.toString(), "--to", empty.toString())).isEqualTo(2);
        assertThat(run("verify", empty.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("there is no store here");
        assertThat(run("verify", temp.resolve("absent").toString())).isEqualTo(2);
    }

    @Test
    void livingOwnerIsNamed() {
        try (FilePersistence persistence = FilePersistence.in(temp.resolve("live"))) {
            persistence.open();
            SimStore.get(persistence.recover(new Recovered()));

            assertThat(run("verify", temp.resolve("live").toString())).isZero();
        }

        assertThat(err.toString()).contains("this process, pid ", "may be using");
    }

    private int run(String... arguments) {
        out.getBuffer().setLength(0);
        return LogTool.run(new PrintWriter(out), new PrintWriter(err), arguments);
    }

    private void damage(String name, int position) throws IOException {
        byte[] bytes = Files.readAllBytes(store.resolve(name));
        bytes[position] ^= 1;
        Files.write(store.resolve(name), bytes);
    }

    private static Map<String, ByteBuffer> content(Path directory) throws IOException {
        Map<String, ByteBuffer> content = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                content.put(file.getFileName().toString(), ByteBuffer.wrap(Files.readAllBytes(file)));
            }
        }
        return content;
    }
}
