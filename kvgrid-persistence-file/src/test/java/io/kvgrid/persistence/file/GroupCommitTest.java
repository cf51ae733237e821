package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
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
        long bareNanos = Collections.min(bareForces(count));
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
     * With 256 appends outstanding a force serves many, so that the disk's rate no longer limits the records'. How near
     * the forces come to the rate of the bare disk is printed.
     */
    @Test
    void recordsPerForceGrowWithWhatIsOutstanding() throws IOException {
        int count = 20_000;
        List<Long> bareNanos = bareForces(200);
        double bare = 1e9
                * bareNanos.size()
                / bareNanos.stream().mapToLong(Long::longValue).sum();
        try (FilePersistence store = open()) {
            List<CompletionStage<Void>> outstanding = new ArrayList<>();
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                if (outstanding.size() == 256) {
                    SimStore.get(outstanding.remove(0));
                }
                outstanding.add(store.append(chain.puts(1, 100)));
            }
            outstanding.forEach(SimStore::get);
            double seconds = (System.nanoTime() - start) / 1e9;

            GroupCommit figures = store.groupCommit();
            System.out.printf(
                    "GROUP COMMIT 256 outstanding: %.0f records/s, %.0f forces/s, %.1f records per force;"
                            + " one write of 4 KiB after the other: %.0f forces/s%n",
                    count / seconds, figures.forces() / seconds, (double) figures.records() / figures.forces(), bare);
            assertThat(figures.records()).isEqualTo(count);
            assertThat(figures.forces())
                    .as("a force serves those who came during the one before")
                    .isLessThan(count / 2);
            assertThat(figures.forces())
                    .as("no group is larger than what is outstanding")
                    .isGreaterThanOrEqualTo(count / 257);
        }
    }

    /** How long it takes to write and force 4 KiB, one after the other, in a file that has its blocks already. */
    private List<Long> bareForces(int writes) throws IOException {
        int bytes = 4096;
        List<Long> nanos = new ArrayList<>();
        try (FileChannel channel =
                FileChannel.open(directory.resolve("bare"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(writes * bytes));
            channel.force(true);
            for (int i = 0; i < writes; i++) {
                long start = System.nanoTime();
                channel.write(ByteBuffer.allocate(bytes), (long) i * bytes);
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
