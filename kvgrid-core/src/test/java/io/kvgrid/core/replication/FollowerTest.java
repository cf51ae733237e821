package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.B;
import static io.kvgrid.core.replication.ReplicaDriver.C;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kvgrid.Role;
import io.kvgrid.core.message.EpochStart;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A secondary and what its primary sends. Its log: epoch 1 from LSN 1 to 4, of which the first two are committed. */
class FollowerTest {
    private static final ReplicaSettings SETTINGS = ReplicaSettings.of(600_000_000, 0, true, true, false);
    private static final Member PRIMARY = ReplicaDriver.member("primary", 9);
    private static final Member ITS_NEXT_RUN = ReplicaDriver.restarted(PRIMARY);

    private final GridConfig config =
            GridConfig.first(new UUID(1, 1), PRIMARY, 0, new UUID(2, 2)).with(B, new UUID(3, 3));
    private final ReplicaDriver secondary = ReplicaDriver.start(B, SETTINGS, config);
    private final Records records = Records.first();
    private final List<LogRecord> log =
            List.of(records.epochStart(), records.put("a", "1"), records.put("b", "2"), records.put("c", "3"));
    private final RecordId last = log.get(3).id();

    @BeforeEach
    void follow() {
        secondary.connect(PRIMARY);
        secondary.receive(PRIMARY, new Message.Reconcile(List.of(), RecordId.NONE));
        secondary.receive(PRIMARY, new Message.Append(RecordId.NONE, 2, log));
        assertThat(secondary.replica().status().role()).isEqualTo(Role.SECONDARY);
        assertThat(secondary.state().last()).isEqualTo(last);
        assertThat(secondary.state().commitLsn()).isEqualTo(2);
    }

    // ---- appends

    @Test
    void forcedRecordsAreAcknowledgedWithTheIdOfTheLast() {
        assertThat(secondary.sent(Message.AppendAck.class)).containsExactly(new Message.AppendAck(last, last.lsn()));
    }

    /** S1. */
    @Test
    void nothingIsAcknowledgedBeforeItIsForced() {
        secondary.forget();
        secondary.holdLog();

        secondary.receive(PRIMARY, new Message.Append(last, 2, List.of(records.put("d", "4"))));
        secondary.receive(PRIMARY, new Message.Heartbeat(7, 5, 2, 0));
        assertThat(secondary.sent(Message.AppendAck.class))
                .extracting(Message.AppendAck::flushed)
                .containsExactly(last);
        secondary.releaseLog();

        assertThat(secondary.sent(Message.AppendAck.class))
                .extracting(Message.AppendAck::flushed)
                .containsExactly(last, secondary.state().last());
    }

    @Test
    void repeatedAppendChangesNothingAndIsAcknowledgedAgain() {
        secondary.forget();

        secondary.receive(PRIMARY, new Message.Append(RecordId.NONE, 2, log.subList(0, 2)));

        assertThat(secondary.state().last()).isEqualTo(last);
        assertThat(secondary.sent(Message.AppendAck.class)).containsExactly(new Message.AppendAck(last, last.lsn()));
    }

    @Test
    void appendBehindAGapIsRefusedOnceAndSaysWhatIsMissing() {
        records.put("lost", "");
        RecordId lost = new RecordId(1, 5, 55);
        Message.Append behind = new Message.Append(lost, 2, List.of(records.put("e", "5")));

        secondary.receive(PRIMARY, behind);
        secondary.receive(PRIMARY, behind);

        assertThat(secondary.sent(Message.AppendReject.class)).containsExactly(new Message.AppendReject(last));
        assertThat(secondary.state().last()).isEqualTo(last);
    }

    /** P12: the same place in the same epoch, and other bytes before it. */
    @Test
    void appendThatForksTheLogStopsTheNode() {
        LogRecord fork = Records.from(new RecordId(1, 4, 44), 1).put("x", "y");

        assertThatIllegalStateException()
                .isThrownBy(
                        () -> secondary.receive(PRIMARY, new Message.Append(new RecordId(1, 4, 44), 2, List.of(fork))));
    }

    /** P31: what lies above was not seen by this node. */
    @Test
    void commitIndexIsUsedUpToTheEndOfTheLogOnly() {
        secondary.receive(PRIMARY, new Message.Append(last, 100, List.of()));

        assertThat(secondary.state().commitLsn()).isEqualTo(4);
    }

    /** P38. */
    @Test
    void stateThatDiffersFromThePrimarysStopsTheNode() {
        long own = secondary.replica().status().digest().value();
        secondary.receive(PRIMARY, new Message.StateDigest(2, own));
        secondary.pass(SETTINGS.tickNanos());
        secondary.receive(PRIMARY, new Message.StateDigest(2, own + 1));

        assertThatIllegalStateException()
                .isThrownBy(() -> secondary.pass(SETTINGS.tickNanos()))
                .withMessageContaining("state of node 'b' at lsn 2");
    }

    /** P38: compared once this node has come as far, with what its state was there. */
    @Test
    void stateIsComparedAtEqualLsns() {
        secondary.receive(PRIMARY, new Message.StateDigest(4, 1));
        secondary.pass(SETTINGS.tickNanos());
        assertThat(secondary.replica().status().role()).isEqualTo(Role.SECONDARY);

        secondary.receive(PRIMARY, new Message.Append(last, 4, List.of()));

        assertThatIllegalStateException()
                .isThrownBy(() -> secondary.pass(SETTINGS.tickNanos()))
                .withMessageContaining("at lsn 4");
    }

    @Test
    void onlyThePrimaryIsHeard() {
        secondary.connect(C);

        secondary.receive(C, new Message.Append(last, 4, List.of(records.put("d", "4"))));

        assertThat(secondary.state().last()).isEqualTo(last);
        assertThat(secondary.state().commitLsn()).isEqualTo(2);
    }

    @Test
    void beaconThatNamesMoreThanArrivedAsksForIt() {
        secondary.receive(PRIMARY, new Message.Heartbeat(7, 6, 2, 0));

        assertThat(secondary.sent(Message.HeartbeatAck.class)).containsExactly(new Message.HeartbeatAck(7));
        assertThat(secondary.sent(Message.AppendReject.class)).containsExactly(new Message.AppendReject(last));
    }

    /** P5: what was sent under the old cv is dropped by the primary. */
    @Test
    void newerConfigurationIsFollowedByAFreshAcknowledgement() {
        secondary.forget();

        secondary.receive(PRIMARY, new Message.ConfigAnnounce(config.with(C, new UUID(4, 4))));

        assertThat(secondary.sent(Message.AppendAck.class)).containsExactly(new Message.AppendAck(last, last.lsn()));
    }

    // ---- another epoch

    /** P15, P16: LSN 4 is another record there. */
    @Test
    void logIsCutToTheCommonPrefixWithTheNewPrimary() {
        nextEpoch();

        reconcile(new EpochStart(1, 1), new EpochStart(2, 4));

        assertThat(secondary.state().last()).isEqualTo(log.get(2).id());
        assertThat(secondary.sent(Message.Reconciled.class))
                .containsExactly(new Message.Reconciled(log.get(2).id()));
    }

    @Test
    void appendBeforeTheLogsAgreeIsIgnored() {
        nextEpoch();

        secondary.receive(
                ITS_NEXT_RUN,
                new Message.Append(last, 4, List.of(records.epoch(2).epochStart())));

        assertThat(secondary.replica().status().role()).isEqualTo(Role.JOINING);
        assertThat(secondary.state().last()).isEqualTo(last);
        assertThat(secondary.state().commitLsn()).isEqualTo(2);
        assertThat(secondary.sent(Message.AppendAck.class)).isEmpty();
    }

    /** P16: what it has answered since may be counted already. */
    @Test
    void logIsCutOnceInAnEpoch() {
        nextEpoch();
        reconcile(new EpochStart(1, 1), new EpochStart(2, 5));
        assertThat(secondary.state().last()).isEqualTo(last);

        reconcile(new EpochStart(1, 1), new EpochStart(2, 4));

        assertThat(secondary.state().last()).isEqualTo(last);
        assertThat(secondary.sent(Message.Reconciled.class)).hasSize(2).containsOnly(new Message.Reconciled(last));
    }

    /** P16: it was acknowledged to a client; the primary's log is not the one that S holds. */
    @Test
    void committedRecordIsNeverCut() {
        nextEpoch();

        assertThatIllegalStateException()
                .isThrownBy(() -> reconcile(new EpochStart(1, 1), new EpochStart(2, 2)))
                .withMessageContaining("P16");
    }

    @Test
    void memberOfAnotherEpochAsksToJoinAndServesNothing() {
        nextEpoch();

        assertThat(secondary.replica().isServing()).isFalse();
        assertThat(secondary.sent(Message.JoinRequest.class)).containsExactly(new Message.JoinRequest(B, last));
    }

    private void nextEpoch() {
        secondary.connect(ITS_NEXT_RUN);
        secondary.forget();
        secondary.receive(ITS_NEXT_RUN, new Message.ConfigAnnounce(config.takenOverBy(ITS_NEXT_RUN, new UUID(5, 5))));
        assertThat(secondary.config().epoch()).isEqualTo(2);
    }

    private void reconcile(EpochStart... history) {
        RecordId end = new RecordId(2, history[history.length - 1].firstLsn(), 0);
        secondary.receive(ITS_NEXT_RUN, new Message.Reconcile(List.of(history), end));
    }
}
