package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A writer that never pauses, and a compaction that is as slow as the test says: space stays within its bound, since
 * appends wait for the compaction, all of them a little, none for long. On virtual time, so that each run is the same.
 */
class BackpressureTest {
    private static final int SEGMENT_BYTES = 4 << 20;
    private static final int KEYS = 6_000;
    private static final int VALUE_BYTES = 1_000;
    private static final int GROUP = 50;
    private static final SpaceBound BOUND = new SpaceBound(SEGMENT_BYTES);
    private static final long LIVE_BYTES = KEYS * (EntryCodec.FIXED_BYTES + 4L + VALUE_BYTES);

    /** The log's own disk: 400 MiB/s. */
    private static final long LOG_NANOS_PER_KIB = 2_500;

    private static final long MAKING_A_SEGMENT_NANOS = (SegmentAllocator.FIRST_BYTES >> 10) * LOG_NANOS_PER_KIB;

    private final SimDisk disk = new SimDisk();
    private final VirtualTime time = new VirtualTime();
    private final Random random = new Random(7);
    private RecordId last = RecordId.NONE;
    private long compactionNanosPerKiB = LOG_NANOS_PER_KIB;
    private boolean compacting = true;
    private final TimedDisk timed =
            new TimedDisk(disk, time, name -> name.contains("snap") ? compactionNanosPerKiB : LOG_NANOS_PER_KIB);
    private final FilePersistence store = FilePersistence.builder(Path.of("sim"))
            .segmentBytes(SEGMENT_BYTES)
            .disk(timed)
            .clock(time)
            .background(this::inBackground)
            .idle(Duration.ofDays(1))
            .build();

    /** Segments are made and files removed at once; a compaction has a thread of its own, or waits for ever. */
    private void inBackground(Runnable task) {
        if (task instanceof CompletableFuture.AsynchronousCompletionTask) {
            task.run();
        } else if (compacting) {
            time.start(task);
        }
    }

    @AfterEach
    void close() {
        time.setFree();
        if (compacting) {
            store.close();
        }
    }

    @ParameterizedTest(name = "a compaction at 1/{0} of the log''s speed")
    @ValueSource(ints = {1, 2, 5, 20})
    void spaceStaysWithinItsBoundWhateverTheCompactionsSpeed(int slowness) {
        fill();
        compactionNanosPerKiB = LOG_NANOS_PER_KIB * slowness;
        overwrite(4 * KEYS); // what was allowed while it grew is gone
        timed.mostBytes();

        List<Long> nanos = overwrite(10 * KEYS);

        long most = timed.mostBytes();
        System.out.printf(
                "BACKPRESSURE compaction at 1/%d of the log's speed: most used %.1f MB of %.1f; a group takes mean %d,"
                        + " p99 %d, most %d us%n",
                slowness,
                most / 1e6,
                BOUND.total(LIVE_BYTES) / 1e6,
                mean(nanos) / 1_000,
                percentile(nanos, 99) / 1_000,
                percentile(nanos, 100) / 1_000);
        assertThat(most).isLessThan(BOUND.total(LIVE_BYTES));
        assertThat(percentile(nanos, 100)).isLessThan(GrowthPace.MAX_WAIT_NANOS / 4);
        assertThat(percentile(nanos, 99)).as("spread evenly").isLessThan(3 * mean(nanos) + MAKING_A_SEGMENT_NANOS);
    }

    /** P40: a compaction that stands still may cost space, but neither ends all writing nor looks like a dead disk. */
    @Test
    void compactionThatStandsStillDoesNotStopTheLog() {
        fill();
        compacting = false;

        List<Long> nanos = overwrite(4 * KEYS);

        assertThat(percentile(nanos, 100)).isLessThan(GrowthPace.MAX_WAIT_NANOS + 20_000_000);
    }

    @Test
    void compactionThatRunsOutOfRoomHoldsNobodyBackAnyLonger() {
        fill();
        compactionNanosPerKiB = 20 * LOG_NANOS_PER_KIB;
        overwriteUntilACompactionRuns();
        long held = percentile(overwrite(10 * GROUP), 50);

        disk.capacity(disk.usedBytes());
        while (isCompacting()) {
            overwrite(GROUP);
        }
        long after = overwrite(GROUP).get(0);

        assertThat(held).isGreaterThan(5 * after);
        assertThat(after).isLessThan(1_000_000);
    }

    @Test
    void truncationThatEndsACompactionEndsTheWaitingToo() {
        fill();
        compactionNanosPerKiB = 1_000_000 * LOG_NANOS_PER_KIB;
        overwriteUntilACompactionRuns();
        long held = percentile(overwrite(2 * KEYS), 100);

        RecordId before = last;
        SimStore.get(store.append(List.of(put(0))));
        SimStore.get(store.truncateAfter(before.lsn()));
        last = before;
        long after = append(GROUP, false);

        assertThat(held).isGreaterThanOrEqualTo(GrowthPace.MAX_WAIT_NANOS);
        assertThat(after).isLessThan(1_000_000);
    }

    private void overwriteUntilACompactionRuns() {
        do {
            overwrite(GROUP);
        } while (!isCompacting());
    }

    private boolean isCompacting() {
        return disk.names().stream().filter(name -> name.contains("snap")).count() == 2;
    }

    private void fill() {
        store.open();
        SimStore.get(store.recover(new Recovered()));
        for (int i = 0; i < KEYS; i += GROUP) {
            append(GROUP, true);
        }
    }

    /** How long each group took, in virtual nanoseconds. */
    private List<Long> overwrite(int records) {
        List<Long> nanos = new ArrayList<>();
        for (int i = 0; i < records; i += GROUP) {
            nanos.add(append(GROUP, true));
        }
        return nanos;
    }

    private long append(int count, boolean committed) {
        List<LogRecord> group = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            group.add(put(last.lsn() < KEYS ? (int) last.lsn() : random.nextInt(KEYS)));
        }
        long start = time.first();
        CompletionStage<Void> done = store.append(group);
        SimStore.get(done);
        long nanos = time.first() - start;
        if (committed) {
            store.committed(last.lsn(), () -> ByteBuffer.allocate(8));
        }
        return nanos;
    }

    private LogRecord put(int number) {
        byte[] key = ByteBuffer.allocate(4).putInt(number).array();
        LogRecord record =
                RecordFormat.body(RecordKind.PUT, 1, key, new byte[VALUE_BYTES]).seal(last, 1, 1, 0);
        last = record.id();
        return record;
    }

    private static long mean(List<Long> nanos) {
        return nanos.stream().mapToLong(Long::longValue).sum() / nanos.size();
    }

    private static long percentile(List<Long> nanos, int percent) {
        List<Long> sorted = nanos.stream().sorted().toList();
        return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
}
