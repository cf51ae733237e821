package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.persistence.file.Script.State;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * The log is compacted while writes go on (P33, P34), whatever comes between. A compaction waits here until it is let
 * run, so that each test says what happens before it, and what behind. Crashes at each of its steps are
 * {@link CrashTest}'s.
 */
class CompactionTest {
    private final SimDisk disk = new SimDisk();
    private final Queue<Runnable> background = new ConcurrentLinkedQueue<>();
    private final Chain chain = new Chain();
    private final List<LogRecord> records = new ArrayList<>();
    private FilePersistence store = open();

    @Test
    void recordsUpToTheCommitMoveIntoTheSnapshotAndLaterOnesStay() {
        append(20, 150);
        commit(15);
        append(3, 150);

        runBackground();
        append(2, 150);

        State found = reopened();
        assertThat(found.base()).isEqualTo(records.get(14).id());
        assertHolds(found);
    }

    @Test
    void appendsGoOnWhileACompactionRuns() {
        append(20, 150);
        commit(20);

        append(10, 150); // acknowledged, although the compaction has not moved
        runBackground();

        assertThat(reopened().base().lsn()).isEqualTo(20);
    }

    @Test
    void nothingIsCompactedBeforeTheLogHasGrown() {
        append(3, 50);

        commit(3);

        assertThat(background).isEmpty();
        assertThat(reopened().base()).isEqualTo(RecordId.NONE);
    }

    @Test
    void emptiedStoreGivesItsSpaceBack() {
        append(50, 150);
        commit(50);
        runBackground();
        long full = disk.content(snapshots().get(0)).length;

        for (int i = 0; i < 10; i++) {
            append(chain.remove("key" + i));
        }
        append(chain.put("x".repeat(3_000)));
        append(chain.remove("key0"));
        commit(records.size());
        runBackground();

        assertThat(snapshots()).hasSize(1);
        assertThat(disk.content(snapshots().get(0)).length).isLessThan((int) full / 2);
        State found = reopened();
        assertThat(found.entries()).isEmpty();
        assertHolds(found);
    }

    @Test
    void truncationEndsACompactionAndNothingOfItStays() {
        truncateDuringACompaction();

        assertThat(snapshots()).isEmpty();
        State found = reopened();
        assertThat(found.base()).isEqualTo(RecordId.NONE);
        assertHolds(found);
    }

    private void truncateDuringACompaction() {
        append(20, 150);
        commit(15);

        SimStore.get(store.truncateAfter(15));
        records.subList(15, 20).clear();
        chain.rewind(records.get(14).id());
        append(1, 100);
        runBackground();
    }

    @Test
    void compactionIsStartedAgainAfterATruncation() {
        truncateDuringACompaction();

        append(1, 10);
        commit(17);
        runBackground();

        State found = reopened();
        assertThat(found.base().lsn()).isEqualTo(17);
        assertHolds(found);
    }

    @Test
    void stateOfAnotherNodeEndsACompaction() {
        append(20, 150);
        commit(15);
        RecordId label = new RecordId(9, 500, 77);

        SnapshotInstallation installation = store.installSnapshot();
        SimStore.get(installation.commit(label, Script.stateAt(500)));
        while (runBackgroundOnce()) {
            // a compaction, and the removal of what is no longer used
        }
        chain.rewind(label);
        List<LogRecord> after = chain.puts(2, 10);
        SimStore.get(store.append(after));

        State found = reopened();
        assertThat(found).isEqualTo(new State(label, Set.of(), after, Optional.empty()));
    }

    @Test
    void closeWaitsForACompactionAndLeavesNothingOfIt() {
        append(20, 150);
        commit(15);

        close();

        boolean finished = disk.names().stream().anyMatch(name -> name.contains("snap"));
        State found;
        try (SimStore again = SimStore.open(disk)) {
            found = State.of(again);
        }
        assertThat(found.base().lsn()).isEqualTo(finished ? 15 : 0);
        assertHolds(found);
    }

    @Test
    void damageThatACompactionFindsStopsTheStoreAndNamesTheFile() {
        append(40, 150);
        String sealed = disk.names().stream()
                .filter(name -> name.endsWith(".log"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = disk.content(sealed);
        bytes[700] ^= 1;
        disk.damage(sealed, bytes);

        commit(40);

        runBackgroundOnce();

        assertThatThrownBy(() -> append(1, 10))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(sealed + " at byte");
        assertThat(disk.content(sealed)).isEqualTo(bytes);
        assertThat(snapshots()).isEmpty();
    }

    @Test
    void withoutRoomTheLogStaysAndIsCompactedLater() {
        append(20, 150);
        long used = used();
        disk.capacity(used + 2_000);
        commit(20);
        runBackground();
        assertThat(snapshots()).isEmpty();

        disk.capacity(Long.MAX_VALUE);
        append(20, 150);
        commit(40);
        runBackground();

        State found = reopened();
        assertThat(found.base().lsn()).isEqualTo(40);
        assertHolds(found);
    }

    @Test
    void roomThatRunsOutWhileCompactingIsNoFailure() {
        append(20, 150);
        commit(20);
        disk.capacity(used() + 600); // the snapshot's header, and not much more
        runBackground();
        assertThat(snapshots()).isEmpty();

        disk.capacity(Long.MAX_VALUE);
        append(20, 150);
        commit(40);
        runBackground();

        assertThat(reopened().base().lsn()).isEqualTo(40);
    }

    @Test
    void manyCompactionsLeaveWhatAModelHolds() {
        Random random = new Random(33);
        for (int i = 0; i < 300; i++) {
            if (random.nextInt(4) == 0) {
                append(chain.remove("key" + random.nextInt(10)));
            } else {
                append(1 + random.nextInt(3), random.nextInt(300));
            }
            commit(records.size() - random.nextInt(3));
            if (random.nextInt(5) == 0) {
                runBackground();
            }
            if (random.nextInt(40) == 0) {
                assertHolds(reopened());
            }
        }
        runBackground();
        assertThat(used()).isLessThan(10 * SimStore.SEGMENT_BYTES + Reserve.SLACK_BYTES);
        assertHolds(reopened());
    }

    private FilePersistence open() {
        FilePersistence opened = FilePersistence.builder(Path.of("sim"))
                .segmentBytes(SimStore.SEGMENT_BYTES)
                .disk(disk)
                .background(this::inBackground)
                .clock(new VirtualTime())
                .idle(Duration.ofDays(1))
                .build();
        opened.open();
        SimStore.get(opened.recover(new Recovered()));
        return opened;
    }

    /** Segments are made at once, since appends wait for them; all else waits. */
    private void inBackground(Runnable task) {
        if (task instanceof CompletableFuture.AsynchronousCompletionTask) {
            task.run();
        } else {
            background.add(task);
        }
    }

    private void append(int count, int valueBytes) {
        append(chain.puts(count, valueBytes).toArray(LogRecord[]::new));
    }

    private void append(LogRecord... added) {
        records.addAll(List.of(added));
        SimStore.get(store.append(List.of(added)));
    }

    private void commit(long lsn) {
        store.committed(lsn, () -> Script.stateAt(lsn));
        settle();
    }

    /** On return the store has dealt with everything before. */
    private void settle() {
        SimStore.get(store.truncateAfter(records.size()));
    }

    private void runBackground() {
        while (runBackgroundOnce()) {
            settle();
        }
    }

    private boolean runBackgroundOnce() {
        Runnable task = background.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /** Closes the store, which waits for what runs in the background. */
    private void close() {
        CompletableFuture<Void> closed = CompletableFuture.runAsync(store::close);
        while (!closed.isDone()) {
            runBackgroundOnce();
        }
        closed.join();
    }

    private State reopened() {
        close();
        try (SimStore simStore = SimStore.open(disk)) {
            return State.of(simStore);
        } finally {
            store = open();
        }
    }

    private void assertHolds(State found) {
        State expected = new State(RecordId.NONE, Set.of(), List.copyOf(records), Optional.empty());
        assertThat(expected.isHeldBy(found)).as("%s", found).isTrue();
    }

    private List<String> snapshots() {
        return disk.names().stream().filter(name -> name.endsWith(".snap")).toList();
    }

    private long used() {
        return disk.usedBytes();
    }
}
