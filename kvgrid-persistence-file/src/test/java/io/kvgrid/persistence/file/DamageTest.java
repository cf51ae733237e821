package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever happens to the bytes of a store, it gives an exact prefix of what was appended, or says that it is corrupt;
 * and the prefix is never shorter than what is known to have been durable (S4–S7).
 */
class DamageTest {
    private static final int SECTOR = 512;

    private final SimDisk clean = new SimDisk();

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

    private final StoreToDamage store = rememberingStore(); // after what it remembers in

    private int prefixes;
    private int corrupt;

    private StoreToDamage rememberingStore() {
        clean.inject((number, call, name) -> rememberSectors(name));
        return new StoreToDamage(clean);
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
        SimDisk original = closed ? store.clean : store.killed;
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
        SimDisk original = closed ? store.clean : store.killed;
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
        SimDisk original = closed ? store.clean : store.killed;
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

    /** Whole records, each valid by itself, in another order or from another history: only the chain tells (S4, S9). */
    @Test
    void validRecordsInAnotherOrderOrOfAnotherHistoryAreNotServed() {
        String name = StoreToDamage.segments(store.killed).get(1);
        byte[] bytes = store.killed.content(name);
        int length = store.records.get(store.records.size() - 1).length();
        int first = FileHeader.BYTES + GroupHeader.BYTES;
        byte[] swapped = bytes.clone();
        System.arraycopy(bytes, first, swapped, first + length, length);
        System.arraycopy(bytes, first + length, swapped, first, length);
        check(store.killed, name, swapped, false, Kind.RECORDS_MOVED, "two records of one group swapped");

        byte[] repeated = bytes.clone();
        System.arraycopy(bytes, first, repeated, first + length, length);
        check(store.killed, name, repeated, false, Kind.RECORDS_MOVED, "a record repeated");

        long lsn = ByteBuffer.wrap(bytes).getLong(FileHeader.BYTES + 16);
        LogRecord before = store.records.get((int) (lsn - StoreToDamage.LABEL.lsn()) - 2);
        LogRecord other = new Chain(new RecordId(before.epoch(), before.lsn(), ~before.checksum()))
                .puts(1, 60)
                .get(0);
        assertThat(other.lsn()).isEqualTo(lsn);
        assertThat(other.length()).isEqualTo(length);
        byte[] foreign = bytes.clone();
        other.writeTo(ByteBuffer.wrap(foreign, first, length));
        check(store.killed, name, foreign, false, Kind.RECORDS_MOVED, "a record of another history");

        assertThat(corrupt).isEqualTo(3);
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
            BareStore found = BareStore.open(disk);
            assertThat(found.metadata).as(when).isEqualTo(Optional.of(StoreToDamage.METADATA)); // P24
            assertThat(found.recovered.base).as(when).isEqualTo(StoreToDamage.LABEL);
            assertThat(new HashSet<>(found.recovered.entries)).as(when).isEqualTo(store.entries);
            assertThat(found.recovered.committed).as("nobody said so; %s", when).isZero(); // P31
            List<LogRecord> prefix = found.recovered.records;
            assertThat(prefix).as(when).isEqualTo(store.records.subList(0, prefix.size()));
            assertThat(found.recovered.last().lsn())
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
            return StoreToDamage.LABEL.lsn() + store.records.size(); // the side file names the last one
        }
        if (!name.equals(StoreToDamage.segments(store.killed).get(1))) {
            return store.beforeLastGroup;
        }
        int header = StoreToDamage.lastGroup(before);
        boolean whole =
                Arrays.equals(before, header, header + GroupHeader.BYTES, after, header, header + GroupHeader.BYTES);
        return whole ? store.beforeLastGroup : 0;
    }

    private void report(Kind... kinds) {
        System.out.println(
                "INJECTED " + injected + ": " + prefixes + " exact prefixes, " + corrupt + " called corrupt");
        assertThat(injected).containsOnlyKeys(kinds);
        assertThat(corrupt).isPositive();
        assertThat(prefixes).isPositive();
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
}
