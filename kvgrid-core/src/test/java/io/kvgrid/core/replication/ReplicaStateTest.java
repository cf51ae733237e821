package io.kvgrid.core.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kvgrid.OperationId;
import io.kvgrid.core.message.EpochStart;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReplicaStateTest {
    private static final long RETAINED_BYTES = 1 << 20;

    private final ReplicaState state = ReplicaState.empty(RETAINED_BYTES);
    private final Records records = Records.first();

    @Test
    void commitGivesEachRecordOnceAndInOrder() {
        List<LogRecord> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            LogRecord record = records.put("k" + i, "v");
            all.add(record);
            state.append(record);
        }

        List<LogRecord> given = new ArrayList<>(state.commit(150));
        given.addAll(state.commit(100));
        given.addAll(state.commit(1000));

        assertThat(given).isEqualTo(all);
        assertThat(state.committed()).isEqualTo(all.get(199).id());
    }

    @Test
    void recordThatDoesNotFollowIsRefused() {
        state.append(records.put("a", "1"));
        LogRecord stranger = Records.first().put("b", "2");

        assertThatExceptionOfType(CorruptLogException.class).isThrownBy(() -> state.append(stranger));
    }

    @Test
    void truncationDropsUncommittedRecordsAndRefusesCommittedOnes() {
        LogRecord first = records.put("a", "1");
        state.append(first);
        state.append(records.put("b", "2"));
        state.append(records.epoch(2).put("c", "3"));
        state.commit(1);

        List<LogRecord> dropped = state.truncateAfter(1);

        assertThat(dropped).extracting(LogRecord::lsn).containsExactly(2L, 3L);
        assertThat(state.last()).isEqualTo(first.id());
        assertThat(state.epochs()).containsExactly(new EpochStart(1, 1));
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> state.truncateAfter(0)); // P16
    }

    @Test
    void commonPrefixEndsWhereTheHistoriesPart() {
        // A: epoch 1 to lsn 5, epoch 3 from 6; B: epoch 1 to lsn 3, epoch 2 from 4
        List<EpochStart> a = List.of(new EpochStart(1, 1), new EpochStart(3, 6));
        EpochHistory b = new EpochHistory();
        b.replace(List.of(new EpochStart(1, 1), new EpochStart(2, 4)));

        assertThat(b.commonPrefix(9, a, 8)).isEqualTo(3);
        assertThat(new EpochHistory().commonPrefix(0, a, 8)).isZero();
        b.replace(a);
        assertThat(b.commonPrefix(7, a, 8)).isEqualTo(7);
    }

    @Test
    void stateIsTheSameAfterEncodingAndReading() {
        for (int i = 0; i < 3000; i++) {
            state.append(records.put("k", i, Math.max(0, i - 100)));
        }
        state.commit(2990);

        ReplicaState read = ReplicaState.empty(RETAINED_BYTES);
        read.base(state.committed(), state.encode());

        assertThat(read.encode()).isEqualTo(state.encode());
        assertThat(read.last()).isEqualTo(state.committed());
        assertThat(read.operations().find(new OperationId(Records.CLIENT, 2950)))
                .isEqualTo(2951);
        assertThat(read.operations().find(new OperationId(Records.CLIENT, 2000)))
                .isEqualTo(OperationTable.TOO_OLD);
        assertThat(read.operations().find(new OperationId(Records.CLIENT, 4000)))
                .isEqualTo(OperationTable.NEW);
        assertThat(read.operations().find(new OperationId(new UUID(1, 2), 0))).isEqualTo(OperationTable.NEW);
    }

    @Test
    void everyCutOfAnEncodedStateIsReportedAsDamage() {
        for (int i = 0; i < 20; i++) {
            state.append(records.put("k", i, 0));
        }
        state.commit(20);
        var whole = state.encode();

        for (int length = 0; length < whole.limit(); length++) {
            var cut = whole.duplicate().limit(length);
            assertThatExceptionOfType(CorruptLogException.class)
                    .isThrownBy(() -> ReplicaState.empty(RETAINED_BYTES).base(state.committed(), cut));
        }
    }

    @Test
    void floorIsForcedUpBeyondTheOperationsOfOneClient() {
        for (int i = 0; i <= OperationTable.MAX_PER_CLIENT; i++) {
            state.append(records.put("k", i, 0));
        }
        state.commit(Long.MAX_VALUE);

        assertThat(state.operations().find(new OperationId(Records.CLIENT, 0))).isEqualTo(OperationTable.TOO_OLD);
        assertThat(state.operations().find(new OperationId(Records.CLIENT, 1))).isEqualTo(2);
    }

    @Test
    void uncommittedAndPinnedRecordsStayInMemory() {
        String large = "x".repeat(10_000);
        for (int i = 0; i < 400; i++) {
            state.append(records.put("k" + i, large));
        }
        state.pin(50);
        state.commit(300);
        assertThat(state.window().firstLsn()).isLessThanOrEqualTo(50);

        state.pin(Long.MAX_VALUE);

        assertThat(state.window().firstLsn()).isBetween(51L, 300L);
        assertThat(state.window().bytes()).isBetween(RETAINED_BYTES * 9 / 10, RETAINED_BYTES);
        assertThat(state.uncommittedAfter(0)).hasSize(100);
    }
}
