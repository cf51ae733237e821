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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever happens to the bytes of a store, it gives an exact prefix of what was appended, or says that it is corrupt;
 * and the prefix is never shorter than what is known to have been durable (S4–S7).
 */
class DamageTest {
    private static final RecordId LABEL = new RecordId(3, 50, 99);
    private static final ByteBuffer METADATA = UTF_8.encode("promises");
    private static final int SECTOR = 512;

    private final List<LogRecord> records = new ArrayList<>();
    private final Set<SnapshotEntry> entries = new HashSet<>();
    private SimDisk clean = new SimDisk();
    private SimDisk killed = new SimDisk();

    /** The last LSN before the last group: some watermark names it however the run ended. */
    private long beforeLastGroup;

    private enum Kind {
        BIT_FLIPPED,
        FILE_CUT,
        SECTOR_ZEROED,
        SECTOR_DUPLICATED,
        SECTORS_SWAPPED,
        SECTOR_OF_ANOTHER_FILE,
        STALE_SECTOR,
        RECORDS_MOVED
    }

    private final Map<Kind, Integer> injected = new EnumMap<>(Kind.class);

    /** What each sector of each file has held before; by file and sector. */
    private final Map<String, Set<ByteBuffer>> staleSectors = new HashMap<>();

    private int prefixes;
    private int corrupt;

    @BeforeEach
    void fill() {
        Chain chain = new Chain(LABEL);
        clean.inject((number, call, name) -> rememberSectors(name));
        SimStore store = SimStore.open(clean);
        SimStore.get(store.persistence.saveMetadata(METADATA));
        SnapshotInstallation installation = store.persistence.installSnapshot();
        for (int i = 0; i < 5; i++) {
            entries.add(new SnapshotEntry(1, UTF_8.encode("k" + i), UTF_8.encode("value" + i), 40 + i, 0));
        }
        SimStore.get(installation.add(List.copyOf(entries)));
        SimStore.get(installation.commit(LABEL, UTF_8.encode("state")));
        for (int count : new int[] {3, 6, 1, 8, 2, 3, 2}) {
            List<LogRecord> added = chain.puts(count, 60);
            beforeLastGroup = added.get(0).lsn() - 1;
            SimStore.get(store.persistence.append(added));
            records.addAll(added);
        }
        killed = clean.copy();
        store.close();
        clean.inject(SimDisk.NONE);
        assertThat(segments(clean)).hasSize(2);
    }

    private void rememberSectors(String name) {
        if (!name.isEmpty() && clean.names().contains(name)) {
            byte[] bytes = clean.content(name);
            for (int i = 0; i < bytes.length / SECTOR; i++) {
                staleSectors
                        .computeIfAbsent(name + "/" + i, key -> new HashSet<>())
                        .add(ByteBuffer.wrap(sector(bytes, i)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anyByteFlipped(boolean closed) {
        SimDisk original = closed ? clean : killed;
        for (String name : dataFiles(original)) {
            byte[] bytes = original.content(name);
            for (int i = 0; i < bytes.length; i++) {
                byte[] damaged = bytes.clone();
                damaged[i] ^= (byte) (1 << i % 8);
                check(original, name, damaged, closed, Kind.BIT_FLIPPED, "in byte " + i);
            }
        }
        report(Kind.BIT_FLIPPED);
        assertThat(injected).containsEntry(Kind.BIT_FLIPPED, bytesOf(original));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anySectorZeroedDuplicatedSwappedOrStale(boolean closed) {
        SimDisk original = closed ? clean : killed;
        for (String name : dataFiles(original)) {
            byte[] bytes = original.content(name);
            int sectors = bytes.length / SECTOR;
            for (int to = 0; to < sectors; to++) {
                byte[] zeroed = with(bytes, to, new byte[SECTOR]);
                check(original, name, zeroed, closed, Kind.SECTOR_ZEROED, "sector " + to);
                for (int from = 0; from < sectors; from++) {
                    String which = "sectors " + from + " and " + to;
                    byte[] copied = with(bytes, to, sector(bytes, from));
                    check(original, name, copied, closed, Kind.SECTOR_DUPLICATED, which);
                    byte[] swapped = with(copied, from, sector(bytes, to));
                    check(original, name, swapped, closed, Kind.SECTORS_SWAPPED, which);
                }
                for (String other : dataFiles(original)) {
                    byte[] foreign = original.content(other);
                    if (foreign.length >= (to + 1) * SECTOR) {
                        byte[] replaced = with(bytes, to, sector(foreign, to));
                        check(original, name, replaced, closed, Kind.SECTOR_OF_ANOTHER_FILE, to + " of " + other);
                    }
                }
                for (ByteBuffer stale : staleSectors.getOrDefault(name + "/" + to, Set.of())) {
                    byte[] content = new byte[SECTOR];
                    stale.get(0, content);
                    check(original, name, with(bytes, to, content), closed, Kind.STALE_SECTOR, "sector " + to);
                }
            }
        }
        report(
                Kind.SECTOR_ZEROED,
                Kind.SECTOR_DUPLICATED,
                Kind.SECTORS_SWAPPED,
                Kind.SECTOR_OF_ANOTHER_FILE,
                Kind.STALE_SECTOR);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anyFileCutAnywhereOrMissing(boolean closed) {
        SimDisk original = closed ? clean : killed;
        for (String name : dataFiles(original)) {
            byte[] bytes = original.content(name);
            for (int length = 0; length < bytes.length; length++) {
                check(original, name, Arrays.copyOf(bytes, length), closed, Kind.FILE_CUT, "to " + length + " bytes");
            }
            SimDisk disk = original.copy();
            disk.remove(name);
            assertThatThrownBy(() -> SimStore.open(disk))
                    .as("%s is missing", name)
                    .isInstanceOf(CorruptLogException.class)
                    .hasMessageContaining(name);
        }
        report(Kind.FILE_CUT);
        assertThat(injected).containsEntry(Kind.FILE_CUT, bytesOf(original));
    }

    /** The reserve only takes up room: whatever becomes of it, nothing is lost, and it is made again (S15). */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void damagedOrMissingReserveIsMadeAgain(boolean closed) {
        SimDisk original = closed ? clean : killed;
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
                assertThat(store.metadata).as(when).isEqualTo(Optional.of(METADATA));
                assertThat(new HashSet<>(store.recovered.entries)).as(when).isEqualTo(entries);
                assertThat(store.recovered.records).as(when).isEqualTo(records);
                assertThat(store.report.cutReason()).as(when).isEmpty();
                assertThat(disk.content(FileNames.RESERVE)).as(when).hasSize(length);
            }
        }
    }

    @Test
    void tornLastRecordIsCutAndNamedInTheReport() {
        String name = segments(killed).get(1);
        byte[] bytes = killed.content(name);
        int end = lastNonZero(bytes) + 1;
        int length = records.get(records.size() - 1).length();
        for (int cut = end - length; cut < end; cut++) {
            SimDisk disk = killed.copy();
            disk.damage(name, Arrays.copyOf(Arrays.copyOf(bytes, cut), bytes.length));

            try (SimStore store = SimStore.open(disk)) {
                assertThat(store.recovered.records).isEqualTo(records.subList(0, records.size() - 1));
                assertThat(store.report.cutReason()).contains(name);
                assertThat(disk.content(name).length)
                        .as("cut before the first append (S7)")
                        .isLessThan(end - length + 1);
                SimStore.get(store.persistence.append(records.subList(records.size() - 1, records.size())));
            }
            try (SimStore store = SimStore.open(disk)) {
                assertThat(store.recovered.records).isEqualTo(records);
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
            SimStore.get(store.persistence.saveMetadata(METADATA)); // the side file names the third record now
            SimStore.get(store.persistence.append(chain.puts(2, 60)));
            disk = running.copy();
        }
        String name = segments(disk).get(0);
        byte[] bytes = disk.content(name);
        int group = lastGroup(bytes);
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
        String name = segments(killed).get(1);
        byte[] bytes = killed.content(name);
        bytes[FileHeader.BYTES + GroupHeader.BYTES + 100] ^= 1;
        SimDisk disk = killed.copy();
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
        SimDisk disk = killed.copy();
        String name = segments(killed).get(0);
        disk.damage(name, new byte[disk.content(name).length]);
        RecordId label = new RecordId(5, 500, 1);
        List<LogRecord> after = new Chain(label).puts(2, 10);
        var store = FilePersistence.builder(Path.of("sim")).disk(disk).build();
        try (store) {
            assertThat(store.open()).contains(METADATA);
            assertThatThrownBy(() -> SimStore.get(store.recover(new Recovered())))
                    .isInstanceOf(CorruptLogException.class);
            assertThatThrownBy(() -> SimStore.get(store.append(after))).isInstanceOf(CorruptLogException.class);

            SnapshotInstallation installation = store.installSnapshot();
            SimStore.get(installation.add(List.copyOf(entries)));
            SimStore.get(installation.commit(label, UTF_8.encode("refetched")));
            SimStore.get(store.append(after));
        }

        try (SimStore again = SimStore.open(disk)) {
            assertThat(again.recovered.base).isEqualTo(label);
            assertThat(new HashSet<>(again.recovered.entries)).isEqualTo(entries);
            assertThat(again.recovered.records).isEqualTo(after);
        }
    }

    @Test
    void unknownVersionIsRefused() {
        SimDisk disk = killed.copy();
        ByteBuffer manifest = ByteBuffer.wrap(disk.content(FileNames.MANIFEST));
        manifest.putInt(8, 2);
        manifest.putInt(manifest.limit() - 4, Checksum.of(manifest, 0, manifest.limit() - 4));
        disk.damage(FileNames.MANIFEST, manifest.array());

        assertThatThrownBy(() -> SimStore.open(disk))
                .isInstanceOf(PersistenceException.class)
                .isNotInstanceOf(CorruptLogException.class)
                .hasMessageContaining("version 2");
    }

    /** Whole records, each valid by itself, in another order or from another history: only the chain tells (S4, S9). */
    @Test
    void validRecordsInAnotherOrderOrOfAnotherHistoryAreNotServed() {
        String name = segments(killed).get(1);
        byte[] bytes = killed.content(name);
        int length = records.get(records.size() - 1).length();
        int first = FileHeader.BYTES + GroupHeader.BYTES;
        byte[] swapped = bytes.clone();
        System.arraycopy(bytes, first, swapped, first + length, length);
        System.arraycopy(bytes, first + length, swapped, first, length);
        check(killed, name, swapped, false, Kind.RECORDS_MOVED, "two records of one group swapped");

        byte[] repeated = bytes.clone();
        System.arraycopy(bytes, first, repeated, first + length, length);
        check(killed, name, repeated, false, Kind.RECORDS_MOVED, "a record repeated");

        long lsn = ByteBuffer.wrap(bytes).getLong(FileHeader.BYTES + 16);
        LogRecord before = records.get((int) (lsn - LABEL.lsn()) - 2);
        LogRecord other = new Chain(new RecordId(before.epoch(), before.lsn(), ~before.checksum()))
                .puts(1, 60)
                .get(0);
        assertThat(other.lsn()).isEqualTo(lsn);
        assertThat(other.length()).isEqualTo(length);
        byte[] foreign = bytes.clone();
        other.writeTo(ByteBuffer.wrap(foreign, first, length));
        check(killed, name, foreign, false, Kind.RECORDS_MOVED, "a record of another history");

        assertThat(corrupt).isEqualTo(3);
    }

    /** What a truncation wrote anew is known to be durable by the manifest alone until the next group (S6). */
    @Test
    void damageInWhatATruncationHasWrittenIsCorrupt() {
        SimDisk disk = killed.copy();
        try (SimStore store = SimStore.open(disk)) {
            SimStore.get(store.persistence.truncateAfter(LABEL.lsn() + records.size() - 1));
            disk = disk.copy(); // killed right there
        }
        String name = segments(disk).get(segments(disk).size() - 1);
        byte[] bytes = disk.content(name);
        bytes[FileHeader.BYTES + GroupHeader.BYTES + 100] ^= 1;
        SimDisk damaged = disk;
        damaged.damage(name, bytes);

        assertThatThrownBy(() -> SimStore.open(damaged))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(name);
    }

    /** Counts nothing if the damage changes nothing. */
    private void check(SimDisk original, String name, byte[] damaged, boolean closed, Kind kind, String where) {
        byte[] before = original.content(name);
        if (Arrays.equals(before, damaged)) {
            return;
        }
        injected.merge(kind, 1, Integer::sum);
        SimDisk disk = original.copy();
        disk.damage(name, damaged);
        String when = name + ": " + kind + ", " + where;
        try {
            BareStore store = BareStore.open(disk);
            assertThat(store.metadata).as(when).isEqualTo(Optional.of(METADATA)); // P24
            assertThat(store.recovered.base).as(when).isEqualTo(LABEL);
            assertThat(new HashSet<>(store.recovered.entries)).as(when).isEqualTo(entries);
            List<LogRecord> found = store.recovered.records;
            assertThat(found).as(when).isEqualTo(records.subList(0, found.size()));
            assertThat(store.recovered.last().lsn())
                    .as(when)
                    .isGreaterThanOrEqualTo(durableLsn(name, before, damaged, closed));
            prefixes++;
        } catch (CorruptLogException e) {
            assertThat(e).as(when).hasMessageContaining("sim/");
            corrupt++;
        }
    }

    private static int bytesOf(SimDisk disk) {
        return dataFiles(disk).stream()
                .mapToInt(name -> disk.content(name).length)
                .sum();
    }

    /** Up to where some evidence is left that records were durable. */
    private long durableLsn(String name, byte[] before, byte[] after, boolean closed) {
        if (closed && !name.equals(FileNames.META)) {
            return LABEL.lsn() + records.size(); // the side file names the last one
        }
        if (!name.equals(segments(killed).get(1))) {
            return beforeLastGroup;
        }
        int header = lastGroup(before);
        boolean whole =
                Arrays.equals(before, header, header + GroupHeader.BYTES, after, header, header + GroupHeader.BYTES);
        return whole ? beforeLastGroup : 0;
    }

    private static int lastGroup(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int i = bytes.length - Integer.BYTES;
        while (buffer.getInt(i) != GroupHeader.MAGIC) {
            i--;
        }
        return i;
    }

    private void report(Kind... kinds) {
        System.out.println(
                "INJECTED " + injected + ": " + prefixes + " exact prefixes, " + corrupt + " called corrupt");
        assertThat(injected).containsOnlyKeys(kinds);
        assertThat(corrupt).isPositive();
        assertThat(prefixes).isPositive();
    }

    private static List<String> segments(SimDisk disk) {
        return disk.names().stream().filter(name -> name.endsWith(".log")).toList();
    }

    /** All files that hold something; what becomes of the reserve is a test of its own. */
    private static List<String> dataFiles(SimDisk disk) {
        List<String> names = new ArrayList<>(disk.names());
        assertThat(names.remove(FileNames.RESERVE)).isTrue();
        return names;
    }

    private static byte[] with(byte[] bytes, int sector, byte[] content) {
        byte[] result = bytes.clone();
        System.arraycopy(content, 0, result, sector * SECTOR, SECTOR);
        return result;
    }

    private static byte[] sector(byte[] bytes, int sector) {
        return Arrays.copyOfRange(bytes, sector * SECTOR, (sector + 1) * SECTOR);
    }

    private static int lastNonZero(byte[] bytes) {
        int i = bytes.length - 1;
        while (bytes[i] == 0) {
            i--;
        }
        return i;
    }
}
