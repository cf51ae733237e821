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
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Overwrites the same keys again and again on a real disk, as fast as it goes. Space stays below 2.5 times the live data
 * and two segments all the time, and what was acknowledged is there after a restart. Latencies are compared with those of
 * a store that is never compacted and takes turns with it, once the compiler has done its work, on a machine that does
 * nothing else. For figures: {@code mvn verify -pl kvgrid-persistence-file -am
 * -Dtest=OverwriteLoadTest -Dsurefire.failIfNoSpecifiedTests=false -Dkvgrid.timing=true -Dkvgrid.keys=800000
 * -Dkvgrid.overwrites=4000000 -Dkvgrid.segmentBytes=67108864}.
 */
class OverwriteLoadTest {
    private static final int KEYS = Integer.getInteger("kvgrid.keys", 40_000);
    private static final int GROUP = 256;
    private static final int TURNS = 5;
    private static final int TURNS_TO_WARM_UP = 2;

    /** What an entry takes in a snapshot: its fields, a key of 16 bytes and a value of 100. */
    private static final long LIVE_BYTES = KEYS * (28L + 16 + 100);

    @TempDir
    Path directory;

    @Test
    void spaceStaysWithinItsBoundAndNothingIsLost() throws IOException {
        int overwrites = Integer.getInteger("kvgrid.overwrites", 150_000);
        int segmentBytes = Integer.getInteger("kvgrid.segmentBytes", 4 << 20);
        long bound = LIVE_BYTES * 5 / 2 + 2L * segmentBytes;
        Writer writer = new Writer(directory, true, segmentBytes);
        writer.write(0, KEYS);
        writer.forgetFigures();

        writer.write(KEYS, overwrites);
        writer.store.close();

        System.out.printf(
                "COMPACTION live %.1f MB, written %.1f MB, most used %.1f MB of %.1f%n",
                LIVE_BYTES / 1e6, overwrites * 212L / 1e6, writer.mostUsed / 1e6, bound / 1e6);
        assertThat(writer.mostUsed).isLessThan(bound);
        assertThat(recoveredVersions(overwrites)).isEqualTo(writer.versions);
    }

    @Test
    @EnabledIfSystemProperty(
            named = "kvgrid.timing",
            matches = "true",
            disabledReason = "figures are judged with -Dkvgrid.timing=true where nothing else runs")
    void oneGroupInAHundredWaitsLongerBesideACompactionButNotTwiceAsLong() throws IOException {
        int overwrites = Integer.getInteger("kvgrid.overwrites", 2_500_000);
        int segmentBytes = Integer.getInteger("kvgrid.segmentBytes", 64 << 20);
        Writer compacted = new Writer(directory.resolve("compacted"), true, segmentBytes);
        Writer growing = new Writer(directory.resolve("growing"), false, segmentBytes);
        try (Stalls stalls = Stalls.watch()) {
            compacted.write(0, KEYS);
            growing.write(0, KEYS);
            for (int turn = 0; turn < TURNS; turn++) {
                if (turn <= TURNS_TO_WARM_UP) {
                    compacted.forgetFigures();
                    growing.forgetFigures();
                }
                growing.write(KEYS, overwrites / TURNS);
                compacted.write(KEYS, overwrites / TURNS);
                compacted.awaitBackground();
            }
            compacted.store.close();
            growing.store.close();

            double ratio = (double) compacted.percentile(99) / growing.percentile(99);
            System.out.printf(
                    "COMPACTION a group of %d takes, in microseconds, without compaction p50 %d p99 %d, with it p50 %d"
                            + " p99 %d (ratio %.2f of %d groups each); the machine's longest stall: %d ms%n",
                    GROUP,
                    growing.percentile(50),
                    growing.percentile(99),
                    compacted.percentile(50),
                    compacted.percentile(99),
                    ratio,
                    compacted.nanos.size(),
                    stalls.longestNanos() / 1_000_000);
            if (stalls.wereShort()) {
                assertThat(ratio).isLessThan(2.0);
            }
        }
    }

    private Map<Integer, Long> recoveredVersions(int overwrites) {
        Recovered found = new Recovered();
        try (FilePersistence store = FilePersistence.in(directory)) {
            store.open();
            SimStore.get(store.recover(found));
        }
        Map<Integer, Long> byKey = new HashMap<>();
        found.entries.forEach(entry -> byKey.put(entry.key().getInt(0), entry.version()));
        found.records.forEach(record -> byKey.put(record.key().getInt(0), record.lsn()));
        assertThat(found.records).hasSizeLessThan(overwrites / 2);
        return byKey;
    }

    /** A store and one who writes to it, group after group, each as soon as the one before is durable. */
    private static final class Writer {
        final FilePersistence store;
        final Map<Integer, Long> versions = new HashMap<>();
        final List<Long> nanos = new ArrayList<>();
        long mostUsed;

        private final Path target;
        private final boolean compacting;
        private final Queue<CompletableFuture<Void>> background = new ConcurrentLinkedQueue<>();
        private final Random random = new Random(5);
        private RecordId last = RecordId.NONE;

        Writer(Path target, boolean compacting, int segmentBytes) {
            this.target = target;
            this.compacting = compacting;
            this.store = FilePersistence.builder(target)
                    .segmentBytes(segmentBytes)
                    .background(this::inBackground)
                    .build();
            store.open();
            SimStore.get(store.recover(new Recovered()));
        }

        private void inBackground(Runnable task) {
            background.add(CompletableFuture.runAsync(task, work -> new Thread(work).start()));
        }

        void awaitBackground() {
            CompletableFuture<Void> task = background.poll();
            while (task != null) {
                task.join();
                task = background.poll();
            }
        }

        void forgetFigures() {
            nanos.clear();
            mostUsed = 0;
        }

        /** Writes so many records, for the keys from {@code first} on and then for any. */
        void write(int first, int count) throws IOException {
            for (int written = first; written < first + count; written += GROUP) {
                List<LogRecord> group = group(written);
                long start = System.nanoTime();
                SimStore.get(store.append(group));
                nanos.add(System.nanoTime() - start);
                if (compacting) {
                    store.committed(last.lsn(), () -> ByteBuffer.allocate(8));
                    mostUsed = Math.max(mostUsed, used());
                }
            }
        }

        private List<LogRecord> group(int written) {
            List<LogRecord> group = new ArrayList<>();
            for (int i = written; i < written + GROUP; i++) {
                int number = i < KEYS ? i : random.nextInt(KEYS);
                ByteBuffer key = ByteBuffer.allocate(16).putInt(0, number);
                byte[] value = new byte[100];
                Arrays.fill(value, (byte) i);
                LogRecord record =
                        RecordFormat.body(RecordKind.PUT, 1, key.array(), value).seal(last, 1, 1, 0);
                last = record.id();
                versions.put(number, last.lsn());
                group.add(record);
            }
            return group;
        }

        private long used() throws IOException {
            try (Stream<Path> files = Files.list(target)) {
                return files.mapToLong(Writer::size).sum();
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

        /** In microseconds. */
        long percentile(int percent) {
            List<Long> sorted = nanos.stream().sorted().toList();
            return sorted.get(sorted.size() * percent / 100) / 1_000;
        }
    }
}
