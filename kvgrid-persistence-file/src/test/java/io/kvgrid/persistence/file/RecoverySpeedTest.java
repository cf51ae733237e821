package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares a recovery that fills a map with just reading the bytes and filling a map, in one run and from the page
 * cache. Also says how long it takes without the map, which is the most that another thread could take off it. For
 * figures: {@code mvn verify -pl kvgrid-persistence-file -am -Dtest=RecoverySpeedTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dkvgrid.timing=true}.
 */
class RecoverySpeedTest {
    private static final int RECORDS = Integer.getInteger("kvgrid.records", 1_000_000);
    private static final int ROUNDS = 5;

    @TempDir
    Path directory;

    @Test
    @EnabledIfSystemProperty(
            named = "kvgrid.timing",
            matches = "true",
            disabledReason = "figures are judged with -Dkvgrid.timing=true where nothing else runs")
    void recoveryTakesAtMostTwiceAsLongAsReadingAndFillingAMap() throws IOException {
        fill();
        long bare = Long.MAX_VALUE;
        long recovery = Long.MAX_VALUE;
        long proof = Long.MAX_VALUE;
        try (Stalls stalls = Stalls.watch()) {
            for (int round = 0; round < ROUNDS; round++) {
                bare = Math.min(bare, readAndFillAMap());
                recovery = Math.min(recovery, recover(new HashMap<>()));
                proof = Math.min(proof, recover(null));
            }

            double ratio = (double) recovery / bare;
            System.out.printf(
                    "RECOVERY of %d records: %d ms (without a map: %d ms); reading the bytes and filling a map: %d ms;"
                            + " ratio %.2f; the machine's longest stall: %d ms%n",
                    RECORDS,
                    recovery / 1_000_000,
                    proof / 1_000_000,
                    bare / 1_000_000,
                    ratio,
                    stalls.longestNanos() / 1_000_000);
            if (stalls.wereShort()) {
                assertThat(ratio).isLessThanOrEqualTo(2.0);
            }
        }
    }

    private void fill() {
        try (FilePersistence store = FilePersistence.in(directory)) {
            store.open();
            SimStore.get(store.recover(new Recovered()));
            RecordId last = RecordId.NONE;
            List<LogRecord> group = new ArrayList<>();
            for (int i = 1; i <= RECORDS; i++) {
                byte[] key = ByteBuffer.allocate(16).putInt(0, i).array();
                LogRecord record =
                        RecordFormat.body(RecordKind.PUT, 1, key, new byte[100]).seal(last, 1, 1, 0);
                last = record.id();
                group.add(record);
                if (group.size() == 1_000 || i == RECORDS) {
                    SimStore.get(store.append(List.copyOf(group)));
                    group.clear();
                }
            }
        }
    }

    private long recover(@Nullable Map<ByteBuffer, ByteBuffer> map) {
        long start = System.nanoTime();
        try (FilePersistence store = FilePersistence.in(directory)) {
            store.open();
            RecoveryReport report = SimStore.get(store.recover(new RecoveryHandler() {
                @Override
                public void base(RecordId id, ByteBuffer state) {
                    throw new IllegalStateException("nothing was committed");
                }

                @Override
                public void entry(SnapshotEntry entry) {
                    throw new IllegalStateException("nothing was committed");
                }

                @Override
                public void record(LogRecord record) {
                    if (map != null) {
                        map.put(record.key(), record.value());
                    }
                }

                @Override
                public void committed(long lsn) {
                    // decides nothing here
                }
            }));
            long nanos = System.nanoTime() - start;
            assertThat(report.records()).isEqualTo(RECORDS);
            assertThat(map == null ? RECORDS : map.size()).isEqualTo(RECORDS);
            return nanos;
        }
    }

    private long readAndFillAMap() throws IOException {
        Map<ByteBuffer, ByteBuffer> map = new HashMap<>();
        ByteBuffer bytes = ByteBuffer.allocateDirect(1 << 20);
        long start = System.nanoTime();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".log")).toList()) {
                try (FileChannel channel = FileChannel.open(file)) {
                    while (channel.read(bytes.clear()) >= 0) {
                        assertThat(bytes.position()).isPositive();
                    }
                }
            }
        }
        for (int i = 1; i <= RECORDS; i++) {
            map.put(ByteBuffer.wrap(new byte[16]).putInt(0, i), ByteBuffer.wrap(new byte[100]));
        }
        long nanos = System.nanoTime() - start;
        assertThat(map).hasSize(RECORDS);
        return nanos;
    }
}
