package io.kvgrid.persistence.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store says and does about one damage: what is cut, what is named, what is refused (S4, S6, S7, S15, S25). */
class DamageCasesTest {
    private final StoreToDamage made = new StoreToDamage(new SimDisk());

    /** The reserve only takes up room: whatever becomes of it, nothing is lost, and it is made again (S15). */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void damagedOrMissingReserveIsMadeAgain(boolean closed) {
        SimDisk original = closed ? made.clean : made.killed;
        int length = original.content(FileNames.RESERVE).length;
        Random random = new Random(15);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[random.nextInt(2 * length)];
            random.nextBytes(garbage);
            SimDisk disk = original.copy();
            disk.damage(FileNames.RESERVE, garbage);
            checkReserveIsMadeAgain(disk, length, "the reserve has " + garbage.length + " bytes of garbage");
        }
        for (int cut = 0; cut < length; cut += 1024) {
            SimDisk disk = original.copy();
            disk.damage(FileNames.RESERVE, new byte[cut]);
            checkReserveIsMadeAgain(disk, length, "the reserve is cut to " + cut + " bytes");
        }
        SimDisk disk = original.copy();
        disk.remove(FileNames.RESERVE);
        checkReserveIsMadeAgain(disk, length, "the reserve is missing");
    }

    private void checkReserveIsMadeAgain(SimDisk disk, int length, String when) {
        for (int run = 0; run < 2; run++) {
            try (SimStore store = SimStore.open(disk)) {
                assertThat(store.metadata).as(when).isEqualTo(Optional.of(StoreToDamage.METADATA));
                assertThat(new HashSet<>(store.recovered.entries)).as(when).isEqualTo(made.entries);
                assertThat(store.recovered.records).as(when).isEqualTo(made.records);
                assertThat(store.report.cutReason()).as(when).isEmpty();
                assertThat(disk.content(FileNames.RESERVE)).as(when).hasSize(length);
            }
        }
    }

    @Test
    void tornLastRecordIsCutAndNamedInTheReport() {
        String name = StoreToDamage.segments(made.killed).get(1);
        byte[] bytes = made.killed.content(name);
        int end = lastNonZero(bytes) + 1;
        int length = made.records.get(made.records.size() - 1).length();
        for (int cut = end - length; cut < end; cut++) {
            SimDisk disk = made.killed.copy();
            disk.damage(name, Arrays.copyOf(Arrays.copyOf(bytes, cut), bytes.length));

            try (SimStore store = SimStore.open(disk)) {
                assertThat(store.recovered.records).isEqualTo(made.records.subList(0, made.records.size() - 1));
                assertThat(store.report.cutReason()).contains(name);
                assertThat(disk.content(name).length)
                        .as("cut before the first append (S7)")
                        .isLessThan(end - length + 1);
                SimStore.get(
                        store.persistence.append(made.records.subList(made.records.size() - 1, made.records.size())));
            }
            try (SimStore store = SimStore.open(disk)) {
                assertThat(store.recovered.records).isEqualTo(made.records);
                assertThat(store.report.cutReason()).isEmpty();
            }
        }
    }

    /** Nothing has to be rewritten here; the log still goes on in a new segment, and the torn group is gone (S7, S9). */
    @Test
    void tornGroupBehindAKnownEndIsCutToo() {
        SimDisk running = new SimDisk();
        Chain chain = new Chain();
        List<LogRecord> kept = chain.puts(3, 60);
        SimDisk disk;
        try (SimStore store = SimStore.open(running)) {
            SimStore.get(store.persistence.append(kept));
            SimStore.get(
                    store.persistence.saveMetadata(StoreToDamage.METADATA)); // the side file names the third record now
            SimStore.get(store.persistence.append(chain.puts(2, 60)));
            disk = running.copy();
        }
        String name = StoreToDamage.segments(disk).get(0);
        byte[] bytes = disk.content(name);
        int group = StoreToDamage.lastGroup(bytes);
        bytes[group + 20] ^= 1;
        disk.damage(name, bytes);

        try (SimStore store = SimStore.open(disk)) {
            assertThat(store.recovered.records).isEqualTo(kept);
            assertThat(store.report.cutReason()).contains(name);
        }

        assertThat(disk.content(name)).hasSize(group);
    }

    @Test
    void corruptionNamesFileAndPlaceAndChangesNothing() {
        String name = StoreToDamage.segments(made.killed).get(1);
        byte[] bytes = made.killed.content(name);
        bytes[FileHeader.BYTES + GroupHeader.BYTES + 100] ^= 1;
        SimDisk disk = made.killed.copy();
        disk.damage(name, bytes);

        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> SimStore.open(disk))
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(name + " at byte " + (FileHeader.BYTES + GroupHeader.BYTES))
                    .hasMessageContaining("expected")
                    .hasMessageContaining("found")
                    .hasMessageContaining("nothing was cut");
            assertThat(disk.content(name)).isEqualTo(bytes);
        }
    }

    @Test
    void corruptStoreRefusesAppendsAndTakesAnotherNodesState() {
        SimDisk disk = made.killed.copy();
        String name = StoreToDamage.segments(made.killed).get(0);
        disk.damage(name, new byte[disk.content(name).length]);
        RecordId label = new RecordId(5, 500, 1);
        List<LogRecord> after = new Chain(label).puts(2, 10);
        var store = FilePersistence.builder(Path.of("sim")).disk(disk).build();
        try (store) {
            assertThat(store.open()).contains(StoreToDamage.METADATA);
            assertThatThrownBy(() -> SimStore.get(store.recover(new Recovered())))
                    .isInstanceOf(CorruptLogException.class);
            assertThatThrownBy(() -> SimStore.get(store.append(after))).isInstanceOf(CorruptLogException.class);

            SnapshotInstallation installation = store.installSnapshot();
            SimStore.get(installation.add(List.copyOf(made.entries)));
            SimStore.get(installation.commit(label, UTF_8.encode("refetched")));
            SimStore.get(store.append(after));
        }

        try (SimStore again = SimStore.open(disk)) {
            assertThat(again.recovered.base).isEqualTo(label);
            assertThat(new HashSet<>(again.recovered.entries)).isEqualTo(made.entries);
            assertThat(again.recovered.records).isEqualTo(after);
        }
    }

    @Test
    void unknownVersionIsRefused() {
        SimDisk disk = made.killed.copy();
        ByteBuffer manifest = ByteBuffer.wrap(disk.content(FileNames.MANIFEST));
        manifest.putInt(8, 2);
        manifest.putInt(manifest.limit() - 4, Checksum.of(manifest, 0, manifest.limit() - 4));
        disk.damage(FileNames.MANIFEST, manifest.array());

        assertThatThrownBy(() -> SimStore.open(disk))
                .isInstanceOf(PersistenceException.class)
                .isNotInstanceOf(CorruptLogException.class)
                .hasMessageContaining("version 2");
    }

    /** What a truncation wrote anew is known to be durable by the manifest alone until the next group (S6). */
    @Test
    void damageInWhatATruncationHasWrittenIsCorrupt() {
        SimDisk disk = made.killed.copy();
        try (SimStore store = SimStore.open(disk)) {
            SimStore.get(store.persistence.truncateAfter(StoreToDamage.LABEL.lsn() + made.records.size() - 1));
            disk = disk.copy(); // killed right there
        }
        String name =
                StoreToDamage.segments(disk).get(StoreToDamage.segments(disk).size() - 1);
        byte[] bytes = disk.content(name);
        bytes[FileHeader.BYTES + GroupHeader.BYTES + 100] ^= 1;
        SimDisk damaged = disk;
        damaged.damage(name, bytes);

        assertThatThrownBy(() -> SimStore.open(damaged))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(name);
    }

    private static int lastNonZero(byte[] bytes) {
        int i = bytes.length - 1;
        while (bytes[i] == 0) {
            i--;
        }
        return i;
    }
}
