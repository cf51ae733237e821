package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.OperationId;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.core.message.WriteResult.Kind;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a primary makes of the writes that it is given. The log is held back, so that all of them are prepared only. */
class SequencerTest {
    private static final ReplicaSettings SETTINGS = ReplicaSettings.of(600_000_000, 0, true, true, false);
    private static final WriteResult NO_VALUE = new WriteResult(Kind.CONDITION_FAILED, 0);

    private final ReplicaDriver primary = ReplicaDriver.primary(SETTINGS);
    private long numbers;

    @BeforeEach
    void holdLog() {
        primary.holdLog();
    }

    // ---- repeated operations (P19)

    @Test
    void repeatedWriteIsAnsweredLikeItsFirstWhileThatIsPrepared() {
        primary.write(7, "k", 1);
        primary.write(7, "k", 1);
        assertThat(primary.completed()).isEmpty();

        primary.releaseLog();

        assertThat(results())
                .containsExactly(
                        WriteResult.acknowledged(primary.state().last().lsn()),
                        WriteResult.acknowledged(primary.state().last().lsn()));
    }

    @Test
    void repeatedWriteIsAnsweredLikeItsFirstAfterThatWasCommitted() {
        primary.write(7, "k", 1);
        long lsn = primary.state().last().lsn();
        primary.write(8, "k", 1);
        primary.releaseLog();
        primary.forget();

        primary.write(7, "k", 1);

        assertThat(results()).containsExactly(WriteResult.acknowledged(lsn));
        assertThat(primary.state().last().lsn()).isEqualTo(lsn + 1);
    }

    /** It precedes the condition, which its own write may have made false. */
    @Test
    void repeatedConditionalWriteIsAnsweredLikeItsFirst() {
        write(7, Condition.ABSENT, 0, 0);
        write(7, Condition.ABSENT, 0, 0);

        primary.releaseLog();

        assertThat(results()).extracting(WriteResult::kind).containsExactly(Kind.ACKNOWLEDGED, Kind.ACKNOWLEDGED);
    }

    @Test
    void writeOlderThanWhatIsRememberedIsNotApplied() {
        primary.releaseLog();
        for (int i = 0; i <= OperationTable.MAX_PER_CLIENT; i++) {
            primary.write(i, "k", 1);
        }
        long lastLsn = primary.state().last().lsn();
        primary.forget();

        primary.write(0, "k", 1);

        assertThat(results()).containsExactly(WriteResult.of(Kind.TOO_OLD));
        assertThat(primary.state().last().lsn()).isEqualTo(lastLsn);
    }

    // ---- conditions (P20, P21)

    @Test
    void conditionIsJudgedOnWhatIsPrepared() {
        write(Condition.ABSENT, 0);
        long lsn = primary.state().last().lsn();
        write(Condition.ABSENT, 0);
        write(Condition.PRESENT, 0);
        write(Condition.VERSION, lsn);
        write(Condition.VERSION, lsn + 1);

        primary.releaseLog();

        assertThat(results())
                .containsExactlyInAnyOrder(
                        WriteResult.acknowledged(lsn),
                        new WriteResult(Kind.CONDITION_FAILED, lsn),
                        WriteResult.acknowledged(lsn + 1),
                        new WriteResult(Kind.CONDITION_FAILED, lsn + 1),
                        WriteResult.acknowledged(lsn + 2));
    }

    @Test
    void conditionIsJudgedOnPreparedRemovals() {
        write(Condition.NONE, 0);
        remove();
        write(Condition.PRESENT, 0);
        write(Condition.VERSION, 0);
        write(Condition.ABSENT, 0);

        primary.releaseLog();

        assertThat(results())
                .filteredOn(result -> result.kind() != Kind.ACKNOWLEDGED)
                .containsExactly(NO_VALUE, NO_VALUE);
    }

    /** P21: the value that it shows could be lost with this primary. */
    @Test
    void refusalWaitsUntilWhatItShowsIsCommitted() {
        write(Condition.NONE, 0);

        write(Condition.ABSENT, 0);
        assertThat(primary.completed()).isEmpty();
        primary.releaseLog();

        assertThat(results()).extracting(WriteResult::kind).containsExactly(Kind.ACKNOWLEDGED, Kind.CONDITION_FAILED);
    }

    @Test
    void conditionIsJudgedOnTheStoreOnceThatIsCommitted() {
        write(Condition.NONE, 0);
        long lsn = primary.state().last().lsn();
        primary.releaseLog();
        primary.forget();

        write(Condition.VERSION, lsn + 1);
        write(Condition.VERSION, lsn);

        assertThat(results())
                .containsExactly(new WriteResult(Kind.CONDITION_FAILED, lsn), WriteResult.acknowledged(lsn + 1));
    }

    // ---- time (P36)

    @Test
    void entryExpiresByARecordOfItsPrimary() {
        primary.releaseLog();
        write(1, Condition.NONE, 0, 2_000);
        LogRecord put = lastRecord();

        primary.pass(1_999_000_000L);
        assertThat(lastRecord().kind()).isNotEqualTo(RecordKind.REMOVE);
        primary.pass(2_000_000L);

        assertThat(put.expiryMillis()).isEqualTo(put.gridTimeMillis() + 2_000);
        assertThat(lastRecord().kind()).isEqualTo(RecordKind.REMOVE);
        assertThat(lastRecord().key()).isEqualTo(put.key());
        assertThat(lastRecord().gridTimeMillis()).isGreaterThanOrEqualTo(put.expiryMillis());
    }

    /** Else a new primary would go on from an old time. */
    @Test
    void gridTimeIsLoggedEachSecondWhileEntriesHaveDeadlines() {
        primary.releaseLog();
        primary.pass(5_000_000_000L);
        long before = primary.state().last().lsn();
        write(1, Condition.NONE, 0, 60_000);

        for (int i = 0; i < 30; i++) {
            primary.pass(100_000_000L);
        }

        assertThat(primary.state().last().lsn()).isEqualTo(before + 1 + 3);
        assertThat(lastRecord().kind()).isEqualTo(RecordKind.NO_OP);
    }

    @Test
    void keyThatWasWrittenAgainDoesNotExpire() {
        primary.releaseLog();
        write(1, Condition.NONE, 0, 2_000);
        primary.holdLog();
        write(Condition.NONE, 0);

        primary.pass(3_000_000_000L);

        assertThat(primary.state().uncommittedAfter(0))
                .extracting(LogRecord::kind)
                .containsExactly(RecordKind.PUT, RecordKind.NO_OP);
    }

    // ---- bounds

    @Test
    void overloadIsRefusedBeforeAnLsnIsGiven() {
        long before = primary.state().last().lsn();
        int half = (int) SETTINGS.maxUncommittedBytes() / 2;

        primary.write(0, "k", half);
        primary.write(1, "k", half);

        assertThat(results()).containsExactly(WriteResult.of(Kind.OVERLOADED));
        assertThat(primary.state().last().lsn()).isEqualTo(before + 1);
    }

    /** P42: it may be days before anything is committed again. */
    @Test
    void gridTimeIsNotLoggedIntoALogThatIsFull() {
        primary.releaseLog();
        write(1, Condition.NONE, 0, 600_000);
        primary.holdLog();
        primary.write(0, "k", (int) SETTINGS.maxUncommittedBytes() - 1_000);

        for (int i = 0; i < 100; i++) {
            primary.pass(1_000_000_000L);
        }

        assertThat(primary.state().uncommittedBytes())
                .isBetween(SETTINGS.maxUncommittedBytes(), SETTINGS.maxUncommittedBytes() + 200);
    }

    private void write(Condition condition, long version) {
        write(100 + numbers++, condition, version, 0);
    }

    private void write(long number, Condition condition, long version, long timeToLiveMillis) {
        step(number, RecordKind.PUT, condition, version, timeToLiveMillis);
    }

    private void remove() {
        step(100 + numbers++, RecordKind.REMOVE, Condition.NONE, 0, 0);
    }

    private void step(long number, RecordKind kind, Condition condition, long version, long timeToLiveMillis) {
        OperationId operation = new OperationId(A.bootId(), number);
        RecordBody body = RecordFormat.body(kind, 1, "k".getBytes(StandardCharsets.UTF_8), new byte[0])
                .operation(operation, 0);
        primary.step(new Input.ClientWrite(new WriteCommand(operation, 0, condition, version, timeToLiveMillis, body)));
    }

    private LogRecord lastRecord() {
        return primary.state().window().get(primary.state().last().lsn());
    }

    private List<WriteResult> results() {
        return primary.completed().stream().map(Completion::result).toList();
    }
}
