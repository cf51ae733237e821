package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Opens a store that format version 1 wrote, byte for byte as it was (S25). The files never change; a new version gets
 * new ones, written by {@link #write}, and this test keeps reading the old.
 */
class GoldenFilesTest {
    private static final RecordId LABEL = new RecordId(3, 1_000, 0x0BAD_CAFE);
    private static final long COMMITTED = 1_020;
    private static final ByteBuffer METADATA = UTF_8.encode("epoch 4 promised");
    private static final ByteBuffer STATE = UTF_8.encode("dedup table and grid time");
    private static final List<SnapshotEntry> ENTRIES = List.of(
            new SnapshotEntry(1, UTF_8.encode("alpha"), UTF_8.encode("first"), 990, 0),
            new SnapshotEntry(2, UTF_8.encode("beta"), UTF_8.encode(""), 1_000, 123_456_789));
    private static final List<LogRecord> RECORDS = new Chain(LABEL).puts(30, 100);
    private static final List<String> FILES =
            List.of("manifest", "meta", "0000000002.snap", "0000000003.log", "0000000004.log");

    @TempDir
    Path directory;

    private void copyFiles() throws IOException {
        for (String name : FILES) {
            try (InputStream golden = GoldenFilesTest.class.getResourceAsStream("golden-v1/" + name)) {
                Files.copy(Objects.requireNonNull(golden, name), directory.resolve(name));
            }
        }
    }

    @Test
    void storeOfVersionOneIsReadAndGoesOn() throws IOException {
        copyFiles();
        List<LogRecord> more = new Chain(RECORDS.get(RECORDS.size() - 1).id()).puts(5, 100);

        Recovered found = recover();
        try (FilePersistence store = FilePersistence.in(directory)) {
            assertThat(store.open()).contains(METADATA);
            SimStore.get(store.recover(new Recovered()));
            SimStore.get(store.append(more));
        }
        Recovered again = recover();

        assertThat(found.base).isEqualTo(LABEL);
        assertThat(found.state).isEqualTo(STATE);
        assertThat(found.entries).containsExactlyInAnyOrderElementsOf(ENTRIES);
        assertThat(found.records).isEqualTo(RECORDS);
        assertThat(found.committed).isEqualTo(COMMITTED);
        assertThat(again.records).startsWith(RECORDS.toArray(LogRecord[]::new));
        assertThat(again.records).endsWith(more.toArray(LogRecord[]::new)).hasSize(RECORDS.size() + more.size());
    }

    /** Positions are in the middle of a field that every build must check. */
    @ParameterizedTest
    @CsvSource({
        "manifest, 57", // the snapshot's label
        "0000000002.snap, 530", // the first block
        "0000000003.log, 24", // the file's salt
        "0000000003.log, 700", // the first record's body, sealed
        "0000000004.log, 540", // the first group's watermark, known to have been durable
    })
    void changedByteIsRefused(String name, int position) throws IOException {
        copyFiles();
        Path file = directory.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[position] ^= 0x20;
        Files.write(file, bytes);

        assertThatThrownBy(this::recover)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({"manifest, 8", "manifest, 12", "0000000002.snap, 8", "0000000003.log, 8", "0000000004.log, 12"})
    void laterVersionOrUnknownFeatureIsRefusedByName(String name, int field) throws IOException {
        copyFiles();
        Path file = directory.resolve(name);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        bytes.putInt(field, bytes.getInt(field) + 2);
        int checksum = name.equals(FileNames.MANIFEST) ? bytes.limit() - Integer.BYTES : 40;
        bytes.putInt(checksum, Checksum.of(bytes, 0, checksum));
        Files.write(file, bytes.array());

        assertThatThrownBy(this::recover)
                .isInstanceOf(PersistenceException.class)
                .isNotInstanceOf(CorruptLogException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("use the build that wrote it");
    }

    private Recovered recover() {
        Recovered found = new Recovered();
        try (FilePersistence store = FilePersistence.in(directory)) {
            store.open();
            SimStore.get(store.recover(found));
        }
        return found;
    }

    /** Makes golden files for a new version: {@code mvn verify -pl kvgrid-persistence-file -am -Dkvgrid.golden=DIR}. */
    @Test
    @EnabledIfSystemProperty(named = "kvgrid.golden", matches = ".+")
    void write() {
        Path target = Path.of(System.getProperty("kvgrid.golden"));
        try (FilePersistence store =
                FilePersistence.builder(target).segmentBytes(4096).build()) {
            assertThat(store.open()).isEmpty();
            SimStore.get(store.recover(new Recovered()));
            SimStore.get(store.saveMetadata(METADATA));
            SnapshotInstallation installation = store.installSnapshot();
            SimStore.get(installation.add(ENTRIES));
            SimStore.get(installation.commit(LABEL, STATE));
            for (int i = 0; i < RECORDS.size(); i += 3) {
                SimStore.get(store.append(RECORDS.subList(i, i + 3)));
                store.committed(Math.min(COMMITTED, LABEL.lsn() + i), () -> ByteBuffer.allocate(0));
            }
        }
    }
}
