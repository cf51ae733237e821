package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One force serves all who wait, and nobody waits for company. */
class GroupCommitTest {

    private final Chain chain = new Chain();

    @TempDir
    Path directory;

    @Test
    void allThatWaitDuringAForceShareTheNextOne() throws InterruptedException {
        SimDisk disk = new SimDisk();
        FilePersistence store =
                FilePersistence.builder(Path.of("sim")).disk(disk).build();
        try (store) {
            store.open();
            SimStore.get(store.recover(new Recovered()));
            CountDownLatch forcing = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            disk.inject((number, call, name) -> {
                if (call == SimDisk.Call.FORCE) {
                    forcing.countDown();
                    await(released);
                }
            });
            List<CompletionStage<Void>> stages = new ArrayList<>();
            stages.add(store.append(chain.puts(1, 100)));
            forcing.await();

            for (int i = 0; i < 255; i++) {
                stages.add(store.append(chain.puts(1, 100)));
            }
            released.countDown();
            stages.forEach(SimStore::get);

            assertThat(store.groupCommit().records()).isEqualTo(256);
            assertThat(store.groupCommit().forces()).isEqualTo(2);
        }
    }

    /** The fastest of many says what there is without the machine's stalls: a force, and no timer. */
    @Test
    void loneAppendsHaveAForceEachAndWaitForNothingElse() throws IOException {
        int count = 200;
        long bareNanos = Collections.min(bareForces(count, 4096));
        long nanos = Long.MAX_VALUE;
        try (FilePersistence store = open()) {
            for (int i = 0; i < count; i++) {
                List<LogRecord> record = chain.puts(1, 100);
                long start = System.nanoTime();
                SimStore.get(store.append(record));
                nanos = Math.min(nanos, System.nanoTime() - start);
            }

            assertThat(store.groupCommit().records()).isEqualTo(count);
            assertThat(store.groupCommit().forces()).isEqualTo(count);
            assertThat(nanos).as("beside a bare force").isLessThan(bareNanos + 1_000_000);
        }
    }

    /**
     * With 256 appends outstanding a force serves many, and the forces come nearly as often as the disk allows for as many bytes:
     * what is queued when one returns goes with the next, and nothing else is waited for. With
     * {@code -Dkvgrid.timing=true -Dkvgrid.appends=300000}, where nothing else runs, they must come 0.4 times as often at least.
     */
    @Test
    void recordsPerForceGrowWithWhatIsOutstanding() throws IOException {
        int count = Integer.getInteger("kvgrid.appends", 20_000);
        try (FilePersistence store = open();
                Stalls stalls = Stalls.watch()) {
            load(store, count); // warms up
            GroupCommit figures = store.groupCommit(); // they go on
            long forcesBefore = figures.forces();
            long recordsBefore = figures.records();
            long start = System.nanoTime();
            long bytes = load(store, count);
            double seconds = (System.nanoTime() - start) / 1e9;
            long forces = figures.forces() - forcesBefore;
            long records = figures.records() - recordsBefore;
            double bare = bareForcesPerSecond(500, (int) (bytes / forces));

            System.out.printf(
                    "GROUP COMMIT 256 outstanding: %.0f records/s, %.0f forces/s, %.1f records per force;"
                            + " as many bytes written and forced one after the other: %.0f forces/s%n",
                    count / seconds, forces / seconds, (double) records / forces, bare);
            assertThat(records).isEqualTo(count);
            assertThat(forces)
                    .as("a force serves those who came during the one before")
                    .isLessThan(count / 2);
            assertThat(forces).as("no group is larger than what is outstanding").isGreaterThanOrEqualTo(count / 257);
            if (Boolean.getBoolean("kvgrid.timing") && stalls.wereShort()) {
                assertThat(forces / seconds).isGreaterThan(0.4 * bare);
            }
        }
    }

    /** Appends that many records, 256 at a time; returns their bytes. */
    private long load(FilePersistence store, int count) {
        Deque<CompletionStage<Void>> outstanding = new ArrayDeque<>();
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            if (outstanding.size() == 256) {
                SimStore.get(outstanding.removeFirst());
            }
            List<LogRecord> record = chain.puts(1, 100);
            bytes += record.get(0).length();
            outstanding.add(store.append(record));
        }
        outstanding.forEach(SimStore::get);
        return bytes;
    }

    private double bareForcesPerSecond(int writes, int bytes) throws IOException {
        List<Long> nanos = bareForces(writes, bytes);
        return 1e9 * nanos.size() / nanos.stream().mapToLong(Long::longValue).sum();
    }

    /** How long it takes to write and force so many bytes, one after the other, in a file that has its blocks already. */
    private List<Long> bareForces(int writes, int bytes) throws IOException {
        List<Long> nanos = new ArrayList<>();
        try (FileChannel channel =
                FileChannel.open(directory.resolve("bare"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer content = ByteBuffer.allocateDirect(bytes);
            for (int i = 0; i < writes; i++) {
                channel.write(content.clear());
            }
            channel.force(true);
            for (int i = 0; i < writes; i++) {
                long start = System.nanoTime();
                channel.write(content.clear(), (long) i * bytes);
                channel.force(false);
                nanos.add(System.nanoTime() - start);
            }
        }
        return nanos;
    }

    private FilePersistence open() {
        FilePersistence store = FilePersistence.in(directory);
        store.open();
        SimStore.get(store.recover(new Recovered()));
        return store;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
