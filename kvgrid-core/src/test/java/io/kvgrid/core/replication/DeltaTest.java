package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.core.message.Message;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node that comes back is sent what it missed, from the primary's disk where memory does not reach back (P34). */
@Timeout(20)
class DeltaTest {
    private static final int RETAINED = 10_000;
    private static final int IN_FLIGHT = 20_000;
    private static final int VALUE = 1_000;
    /** The first record that the node has not got. */
    private static final int MISSED_FROM = 6;

    private final ReplicaDriver primary = ReplicaDriver.primaryThatReadsItsLog(settings(IN_FLIGHT));

    @BeforeEach
    void writeMoreThanIsKeptInMemory() {
        write(0, 100);
        assertThat(primary.state().window().firstLsn()).isGreaterThan(80);
    }

    @Test
    void missedRecordsAreSentFromDiskEachAppendNamingTheOneBefore() {
        returns();
        acknowledgesAll();

        assertThat(received()).isEqualTo(log(MISSED_FROM));
        assertThat(primary.sent(Message.SnapshotChunk.class)).isEmpty();
        assertThat(primary.config().contains(B.nodeId())).isTrue();
    }

    /** P42. */
    @Test
    void noMoreIsUnderWayThanIsAllowed() {
        returns();

        long bytes = received().stream().mapToLong(LogRecord::length).sum();
        assertThat(bytes).isBetween((long) IN_FLIGHT, IN_FLIGHT + 4_000L);
        assertThat(primary.state().window().bytes())
                .as("what is kept in memory for it")
                .isLessThan(2 * RETAINED);
    }

    @Test
    void lostAppendsAreSentAgain() {
        returns();
        List<LogRecord> first = received();
        primary.forget();

        primary.receive(B, new Message.AppendReject(primary.sealed(MISSED_FROM - 1)));

        assertThat(received()).isEqualTo(first);
        acknowledgesAll();
        assertThat(received()).isEqualTo(log(MISSED_FROM));
    }

    @Test
    void rangeThatIsGoneIsReplacedByASnapshot() {
        primary.compactTo(MISSED_FROM + 1);
        returns();
        primary.pass(200_000_000);
        assertThat(primary.sent(Message.Reconcile.class)).isNotEmpty();

        primary.receive(B, new Message.Reconciled(primary.sealed(MISSED_FROM - 1)));

        assertThat(primary.sent(Message.SnapshotChunk.class)).isNotEmpty();
        assertThat(received()).isEmpty();
    }

    @Test
    void rangeThatGoesWhileItIsSentIsReplacedByASnapshot() {
        returns();
        primary.compactTo(90);

        for (int i = 0; i < 20; i++) {
            RecordId last = lastSent();
            primary.receive(B, new Message.AppendAck(last, last.lsn()));
        }
        primary.pass(200_000_000);
        assertThat(lastSent().lsn()).isLessThan(90);
        assertThat(primary.sent(Message.Reconcile.class)).hasSize(2);
        primary.receive(B, new Message.Reconciled(lastSent()));

        assertThat(primary.sent(Message.SnapshotChunk.class)).isNotEmpty();
    }

    /** P12: what it says it has is not in this log, although it is old enough to be. */
    @Test
    void nodeWithAnotherRecordThereGetsTheState() {
        returns(new RecordId(1, MISSED_FROM - 1, 12_345));
        primary.pass(200_000_000);
        primary.receive(B, new Message.Reconciled(new RecordId(1, MISSED_FROM - 1, 12_345)));

        assertThat(received()).isEmpty();
        assertThat(primary.sent(Message.SnapshotChunk.class)).isNotEmpty();
    }

    @Test
    void answerToAnEarlierAttemptIsIgnored() {
        primary.holdReads();
        returns();
        primary.receive(B, new Message.JoinRequest(B, primary.sealed(MISSED_FROM - 1))); // it starts again
        primary.forget();

        primary.releaseReads();
        assertThat(received()).isEmpty();

        primary.receive(B, new Message.Reconciled(primary.sealed(19)));
        acknowledgesAll();
        assertThat(received()).isEqualTo(log(20));
    }

    @Test
    void readThatFailedIsRepeatedAfterAWhile() {
        primary.holdReads();
        returns();
        primary.failRead();
        primary.forget();
        primary.pass(1_000_000);
        assertThat(primary.queries()).isEmpty();

        primary.pass(200_000_000);
        assertThat(primary.queries()).hasSize(1);
        primary.releaseReads();

        acknowledgesAll();
        assertThat(received()).isEqualTo(log(MISSED_FROM));
    }

    /** P34. */
    @Test
    void logIsKeptForItUntilMemoryIsEnough() {
        returns();
        assertThat(kept()).first().isEqualTo((long) MISSED_FROM);

        acknowledgesAll();

        assertThat(kept()).isSorted().last().isEqualTo(Long.MAX_VALUE);
    }

    /** It overtakes what was read from disk for it, while that is read or sent, and falls behind again. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void nodeThatIsNowBehindMemoryAndNowIsNotMissesNothing(long seed) {
        Random random = new Random(seed);
        int written = 100;
        long acknowledged = MISSED_FROM - 1;
        returns();
        for (int step = 0; step < 300; step++) {
            switch (random.nextInt(4)) {
                case 0 -> primary.holdReads();
                case 1 -> primary.releaseReads();
                case 2 -> {
                    int count = random.nextInt(15);
                    write(written, count);
                    written += count;
                }
                default -> {
                    acknowledged += random.nextLong(lastSent().lsn() - acknowledged + 1);
                    primary.receive(B, new Message.AppendAck(primary.sealed(acknowledged), acknowledged));
                }
            }
        }
        primary.releaseReads();
        acknowledgesAll();

        assertThat(received()).isEqualTo(log(MISSED_FROM));
        assertThat(primary.sent(Message.SnapshotChunk.class)).isEmpty();
        assertThat(primary.sent(Message.Reconcile.class)).hasSize(1);
    }

    @Test
    void nodeThatMissedMoreRecordsThanThereAreEntriesGetsTheState() {
        for (int i = 100; i < 400; i++) {
            primary.write(i, "k1", VALUE);
        }

        returns();

        assertThat(primary.sent(Message.SnapshotChunk.class)).isNotEmpty();
        assertThat(primary.queries()).noneMatch(LogQuery.Read.class::isInstance);
    }

    @Test
    void nodeWithNothingGetsTheState() {
        primary.joins(B);
        primary.receive(B, new Message.Reconciled(RecordId.NONE));

        assertThat(primary.sent(Message.SnapshotChunk.class)).isNotEmpty();
    }

    /** P33, P42: how much is written while a snapshot is under way is bounded by the disk, not by memory. */
    @Test
    void whatIsWrittenDuringASnapshotIsReadFromDisk() {
        primary.joins(B);
        primary.receive(B, new Message.Reconciled(RecordId.NONE));
        long scanStart = primary.state().last().lsn();
        write(100, 300);
        assertThat(primary.state().window().firstLsn()).isGreaterThan(scanStart + 200);

        int number = 0;
        while (primary.sent(Message.SnapshotEnd.class).isEmpty()) {
            primary.receive(B, new Message.SnapshotAck(snapshotId(), number++));
        }

        Message.SnapshotEnd end = primary.sent(Message.SnapshotEnd.class).get(0);
        List<Long> versions = primary.sent(Message.SnapshotChunk.class).stream()
                .flatMap(chunk -> chunk.entries().stream())
                .map(entry -> entry.version())
                .toList();
        assertThat(versions).contains(scanStart + 1, end.label().lsn());
        assertThat(primary.sent(Message.Reconcile.class)).hasSize(1);
        write(400, 100);
        primary.forget();
        primary.receive(B, new Message.Reconciled(end.label()));
        acknowledgesAll();
        assertThat(received()).isEqualTo(log(end.label().lsn() + 1));
        assertThat(primary.config().contains(B.nodeId())).isTrue();
    }

    private void returns() {
        returns(primary.sealed(MISSED_FROM - 1));
    }

    private void returns(RecordId last) {
        primary.connect(B);
        primary.receive(B, new Message.JoinRequest(B, last));
        primary.receive(B, new Message.Reconciled(last));
    }

    private void acknowledgesAll() {
        while (lastSent().lsn() < primary.state().last().lsn()) {
            RecordId last = lastSent();
            primary.receive(B, new Message.AppendAck(last, last.lsn()));
        }
        RecordId last = primary.state().last();
        primary.receive(B, new Message.AppendAck(last, last.lsn()));
    }

    private RecordId lastSent() {
        List<LogRecord> all = received();
        return all.isEmpty()
                ? primary.sealed(MISSED_FROM - 1)
                : all.get(all.size() - 1).id();
    }

    /** What a follower makes of the appends: a log without gaps; a repeated record counts once. */
    private List<LogRecord> received() {
        List<LogRecord> log = new ArrayList<>();
        for (Message.Append append : primary.sent(Message.Append.class)) {
            RecordId last = append.previous();
            for (LogRecord record : append.records()) {
                assertThat(record.follows(last))
                        .as("%s follows %s (P12)", record, last)
                        .isTrue();
                last = record.id();
                if (log.isEmpty() || record.lsn() > log.get(log.size() - 1).lsn()) {
                    log.add(record);
                }
            }
        }
        return log;
    }

    private List<LogRecord> log(long fromLsn) {
        List<LogRecord> log = new ArrayList<>();
        for (long lsn = fromLsn; lsn <= primary.state().last().lsn(); lsn++) {
            log.add(primary.record(lsn));
        }
        return log;
    }

    private List<Long> kept() {
        return primary.queries().stream()
                .filter(LogQuery.Keep.class::isInstance)
                .map(query -> ((LogQuery.Keep) query).fromLsn())
                .toList();
    }

    private long snapshotId() {
        return primary.sent(Message.SnapshotChunk.class).get(0).snapshotId();
    }

    private void write(int first, int count) {
        for (int i = first; i < first + count; i++) {
            primary.write(i, "k" + i, VALUE);
        }
    }

    private static ReplicaSettings settings(long maxInFlightBytes) {
        return new ReplicaSettings(
                600_000_000,
                0.01,
                0,
                1 << 20,
                maxInFlightBytes,
                4_000,
                RETAINED,
                RETAINED,
                100,
                8,
                0,
                true,
                true,
                0,
                ReplicaSettings.NOT_FORCED);
    }
}
