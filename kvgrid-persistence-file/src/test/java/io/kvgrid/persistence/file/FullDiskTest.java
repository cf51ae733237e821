package io.kvgrid.persistence.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecordId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A full disk is a normal result: refused, not lost, and over when there is room again (S15, S16). */
class FullDiskTest {
    private final SimDisk disk = new SimDisk();
    private final Chain chain = new Chain();
    private final List<LogRecord> records = new ArrayList<>();

    @Test
    void appendsAreRefusedRetryablyUntilThereIsRoomAndEverythingElseGoesOn() {
        SimStore store = SimStore.open(disk);
        append(store, 5);
        disk.capacity(used() + Reserve.SLACK_BYTES); // not enough for another segment
        List<LogRecord> refused = appendUntilRefused(store);

        List<LogRecord> next = chain.puts(1, 100);
        assertRefused(store.persistence.append(next), "no room");
        assertRefused(store.persistence.saveMetadata(ByteBuffer.allocate(10)), "no room");
        assertRefused(store.persistence.append(refused), "no room");

        disk.capacity(Long.MAX_VALUE);
        SimStore.get(store.persistence.append(refused));
        SimStore.get(store.persistence.append(next));
        SimStore.get(store.persistence.saveMetadata(ByteBuffer.allocate(10)));
        store.close();
        records.addAll(refused);
        records.addAll(next);
        try (SimStore again = SimStore.open(disk)) {
            assertThat(again.recovered.records).isEqualTo(records);
            assertThat(again.metadata).contains(ByteBuffer.allocate(10));
        }
    }

    @Test
    void fullStoreCanBeTruncatedFromItsReserveAndClosedAndOpened() {
        SimStore store = SimStore.open(disk);
        append(store, 5);
        disk.capacity(used());
        List<LogRecord> refused = appendUntilRefused(store);
        store.close();

        store = SimStore.open(disk);
        assertThat(store.recovered.records).isEqualTo(records);
        SimStore.get(store.persistence.truncateAfter(3));
        SimStore.get(store.persistence.saveMetadata(ByteBuffer.allocate(10)));
        store.close();

        try (SimStore again = SimStore.open(disk)) {
            assertThat(again.recovered.records).isEqualTo(records.subList(0, 3));
            assertThat(again.metadata).contains(ByteBuffer.allocate(10));
            assertThat(refused).isNotEmpty();
        }
    }

    @Test
    void fullStoreRecoversFromAKill() {
        SimStore store = SimStore.open(disk);
        append(store, 5);
        disk.capacity(used());
        appendUntilRefused(store);
        SimDisk killed = disk.copy();
        killed.capacity(used());
        store.close();

        try (SimStore again = SimStore.open(killed)) {
            assertThat(again.recovered.records).isEqualTo(records);
        }
    }

    /** The last of the room is for small files, not for another segment (S15). */
    @Test
    void segmentIsNotMadeOfTheLastRoom() {
        SimStore store = SimStore.open(disk);
        append(store, 5);
        disk.capacity(used() + SimStore.SEGMENT_BYTES + Reserve.SLACK_BYTES / 2);

        appendUntilRefused(store);

        assertThat(disk.usableBytes()).isGreaterThanOrEqualTo(Reserve.SLACK_BYTES / 2);
        store.close();
    }

    @Test
    void spaceThatRunsOutWhileASegmentIsMadeIsAFullDiskToo() {
        SimStore store = SimStore.open(disk);
        append(store, 5);
        disk.capacity(used() + Reserve.SLACK_BYTES + SimStore.SEGMENT_BYTES);
        disk.inject((number, call, name) -> {
            if (call == SimDisk.Call.CREATE && name.endsWith(".log")) {
                disk.capacity(used() + 100); // somebody else was faster
            }
        });
        List<LogRecord> refused = appendUntilRefused(store);

        disk.inject(SimDisk.NONE);
        disk.capacity(Long.MAX_VALUE);
        SimStore.get(store.persistence.append(refused));
        store.close();
        records.addAll(refused);
        try (SimStore again = SimStore.open(disk)) {
            assertThat(again.recovered.records).isEqualTo(records);
        }
    }

    @Test
    void truncationIsRepeatedAfterARefusal() {
        SimStore store = SimStore.open(disk);
        append(store, 5);
        disk.remove(FileNames.RESERVE);
        disk.capacity(used());
        assertRefused(store.persistence.truncateAfter(2), "no room");
        assertRefused(store.persistence.append(chain.puts(1, 10)), "no room");

        disk.capacity(Long.MAX_VALUE);
        SimStore.get(store.persistence.truncateAfter(2));
        chain.rewind(records.get(1).id());
        records.subList(2, 5).clear();
        append(store, 2);
        store.close();
        try (SimStore again = SimStore.open(disk)) {
            assertThat(again.recovered.records).isEqualTo(records);
        }
    }

    private void append(SimStore store, int count) {
        List<LogRecord> added = chain.puts(count, 100);
        SimStore.get(store.persistence.append(added));
        records.addAll(added);
    }

    /** Appends one record after the other until one is refused, which is returned. */
    private List<LogRecord> appendUntilRefused(SimStore store) {
        for (int i = 0; i < 1_000; i++) {
            List<LogRecord> added = chain.puts(1, 100);
            try {
                SimStore.get(store.persistence.append(added));
                records.addAll(added);
            } catch (PersistenceException e) {
                assertThat(e.isRetryable()).as("%s", e).isTrue();
                return added;
            }
        }
        throw new AssertionError("the disk never became full after " + last());
    }

    private RecordId last() {
        return records.get(records.size() - 1).id();
    }

    private long used() {
        return disk.names().stream()
                .mapToLong(name -> disk.content(name).length)
                .sum();
    }

    private static void assertRefused(CompletionStage<Void> stage, String message) {
        assertThatThrownBy(() -> SimStore.get(stage))
                .isInstanceOfSatisfying(
                        PersistenceException.class,
                        e -> assertThat(e.isRetryable()).isTrue())
                .hasMessageContaining(message);
    }
}
