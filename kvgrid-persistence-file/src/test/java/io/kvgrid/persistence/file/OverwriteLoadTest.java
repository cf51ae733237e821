package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Overwrites the same keys again and again, on a real disk. Space comes back while a slower load goes on, and the latest
 * values are there after a restart. How far it may grow meanwhile is printed, not bounded: nothing slows a writer down
 * that is faster than compaction. For figures: {@code mvn verify -pl kvgrid-persistence-file -am -Dtest=OverwriteLoadTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dkvgrid.keys=800000 -Dkvgrid.overwrites=4000000
 * -Dkvgrid.segmentBytes=67108864}.
 */
class OverwriteLoadTest {
    private static final int KEYS = Integer.getInteger("kvgrid.keys", 40_000);
    private static final int GROUP = 256;
    private static final int OVERWRITES = Integer.getInteger("kvgrid.overwrites", 150_000);
    private static final int SEGMENT_BYTES = Integer.getInteger("kvgrid.segmentBytes", 4 << 20);

    /** What an entry takes in a snapshot: its fields, a key of 16 bytes and a value of 100. */
    private static final long LIVE_BYTES = KEYS * (28L + 16 + 100);

    private static final long BOUND = LIVE_BYTES * 5 / 2 + 2L * SEGMENT_BYTES;

    @TempDir
    Path directory;

    private final Random random = new Random(5);
    private RecordId last = RecordId.NONE;
    private final long[] versions = new long[KEYS];
    private long maxUsed;
    private long settledUsed;

    @Test
    void spaceComesBackAndNothingIsLost() throws IOException {
        List<Long> without = run(directory.resolve("without"), false);
        last = RecordId.NONE;
        List<Long> with = run(directory.resolve("with"), true);

        System.out.printf(
                "COMPACTION live %.1f MB, written %.1f MB, most used %.1f MB; a group of %d takes, in microseconds,"
                        + " without compaction p50 %d p99 %d, with it p50 %d p99 %d%n",
                LIVE_BYTES / 1e6,
                OVERWRITES * 212L / 1e6,
                maxUsed / 1e6,
                GROUP,
                percentile(without, 50),
                percentile(without, 99),
                percentile(with, 50),
                percentile(with, 99));
        assertThat(settledUsed).isLessThan(BOUND);
        assertThat(recoveredVersions()).isEqualTo(expectedVersions());
    }

    private List<Long> run(Path target, boolean compacting) throws IOException {
        List<Long> nanos = new ArrayList<>();
        try (FilePersistence store =
                FilePersistence.builder(target).segmentBytes(SEGMENT_BYTES).build()) {
            store.open();
            SimStore.get(store.recover(new Recovered()));
            for (int written = 0; written < KEYS + OVERWRITES; written += GROUP) {
                List<LogRecord> group = group(written, GROUP);
                long start = System.nanoTime();
                SimStore.get(store.append(group));
                nanos.add(System.nanoTime() - start);
                if (compacting) {
                    store.committed(last.lsn(), () -> ByteBuffer.allocate(8));
                    maxUsed = Math.max(maxUsed, used(target));
                }
            }
            settledUsed = used(target);
            for (int i = 0; compacting && i < 10_000 && settledUsed >= BOUND; i++) {
                SimStore.get(store.append(group(KEYS, 1)));
                store.committed(last.lsn(), () -> ByteBuffer.allocate(8));
                settledUsed = used(target);
            }
        }
        return nanos;
    }

    private List<LogRecord> group(int written, int size) {
        List<LogRecord> group = new ArrayList<>();
        for (int i = written; i < written + size; i++) {
            int number = i < KEYS ? i : random.nextInt(KEYS);
            ByteBuffer key = ByteBuffer.allocate(16).putInt(0, number);
            byte[] value = new byte[100];
            Arrays.fill(value, (byte) i);
            LogRecord record =
                    RecordFormat.body(RecordKind.PUT, 1, key.array(), value).seal(last, 1, 1, 0);
            last = record.id();
            versions[number] = last.lsn();
            group.add(record);
        }
        return group;
    }

    private Map<Integer, Long> recoveredVersions() {
        Recovered found = new Recovered();
        try (FilePersistence store = FilePersistence.in(directory.resolve("with"))) {
            store.open();
            SimStore.get(store.recover(found));
        }
        Map<Integer, Long> byKey = new HashMap<>();
        found.entries.forEach(entry -> byKey.put(entry.key().getInt(0), entry.version()));
        found.records.forEach(record -> byKey.put(record.key().getInt(0), record.lsn()));
        assertThat(found.records).hasSizeLessThan(OVERWRITES / 2);
        return byKey;
    }

    private Map<Integer, Long> expectedVersions() {
        Map<Integer, Long> expected = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            expected.put(i, versions[i]);
        }
        return expected;
    }

    private static long used(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.mapToLong(OverwriteLoadTest::size).sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long percentile(List<Long> nanos, int percent) {
        return nanos.stream()
                        .sorted()
                        .skip((long) nanos.size() * percent / 100)
                        .findFirst()
                        .orElseThrow()
                / 1_000;
    }
}
