package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static io.kvgrid.core.replication.ReplicaDriver.B;
import static io.kvgrid.core.replication.ReplicaDriver.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridView;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult.Kind;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who must hold a record before it commits, who may come into S, and who has to go. */
class InSyncSetTest {
    private static final long LEASE = 600_000_000;
    private static final long SILENCE = LEASE * 6 / 10;
    private static final ReplicaSettings SETTINGS = ReplicaSettings.of(LEASE, 0, true, true, false);

    private final ReplicaDriver primary = ReplicaDriver.primary(SETTINGS);
    private final SecondaryScript b = new SecondaryScript(primary, B);
    private final SecondaryScript c = new SecondaryScript(primary, C);

    // ---- who must hold a record

    @Test
    void writeIsAcknowledgedOnceAllOfSetHaveForcedIt() {
        b.joins();
        c.joins();

        primary.write(0, "k", 1);
        assertThat(outcomes()).isEmpty();
        b.flushes();
        assertThat(outcomes()).isEmpty();
        c.flushes();

        assertThat(outcomes()).containsExactly(Kind.ACKNOWLEDGED);
    }

    @Test
    void primaryCountsOnlyAfterItsOwnForce() {
        b.joins();
        primary.holdLog();

        primary.write(0, "k", 1);
        b.flushes();
        assertThat(outcomes()).isEmpty();
        primary.releaseLog();

        assertThat(outcomes()).containsExactly(Kind.ACKNOWLEDGED);
    }

    /** P12: same place, other bytes. */
    @Test
    void acknowledgementOfAnotherRecordDoesNotCount() {
        b.joins();
        primary.write(0, "k", 1);
        RecordId last = primary.state().last();

        b.flushes(new RecordId(last.epoch(), last.lsn(), last.checksum() + 1));
        b.flushes(new RecordId(last.epoch() + 1, last.lsn(), last.checksum()));
        b.flushes(new RecordId(last.epoch(), last.lsn() + 1, last.checksum()));

        assertThat(outcomes()).isEmpty();
    }

    /** P11: the Arbiter may have applied it. */
    @Test
    void nodeOfAnAdditionThatIsNotSettledMustHoldEveryWrite() {
        b.follows();
        primary.holdArbiter();
        b.flushes();
        assertThat(primary.config().contains(B.nodeId())).isFalse();

        primary.write(0, "k", 1);
        assertThat(outcomes()).isEmpty();
        b.flushes();

        assertThat(outcomes()).containsExactly(Kind.ACKNOWLEDGED);
    }

    /** P11: the Arbiter may have refused it. */
    @Test
    void removedNodeMustHoldEveryWriteUntilTheRemovalIsConfirmed() {
        b.joins();
        primary.holdChanges();
        primary.pass(SILENCE);
        primary.write(0, "k", 1);
        assertThat(outcomes()).isEmpty();

        primary.releaseArbiter();

        assertThat(outcomes()).containsExactly(Kind.ACKNOWLEDGED);
        assertThat(primary.config().members()).containsExactly(A);
    }

    /** P7: what an earlier run acknowledged, or would, says nothing about this one. */
    @Test
    void restartedMemberDoesNotSpeakForTheRunThatTheSetNames() {
        b.joins();
        primary.holdArbiter();
        primary.write(0, "k", 1);
        Member later = ReplicaDriver.restarted(B);

        new SecondaryScript(primary, later).follows().flushes();
        assertThat(outcomes()).isEmpty();
        primary.releaseArbiter();

        assertThat(primary.config().members()).containsExactly(A, later);
        assertThat(outcomes()).containsExactly(Kind.ACKNOWLEDGED);
    }

    /** P12, P18: it is another store now, and what is still on its way from the damaged one counts for nobody. */
    @Test
    void repairedMemberCountsForWhatItHasForcedAnewOnly() {
        b.joins();
        primary.holdArbiter();
        primary.write(0, "k", 1);
        Member repaired = new Member(B.nodeId(), new UUID(99, 1), new UUID(99, 2), B.startCount() + 1, "");
        SecondaryScript anew = new SecondaryScript(primary, repaired).follows();

        b.flushes(); // late
        assertThat(outcomes()).isEmpty();
        assertThat(primary.replica().status().replicas())
                .extracting(GridView.Replica::flushedLsn)
                .containsExactly(0L);
        anew.flushes();
        primary.releaseArbiter();

        assertThat(primary.config().members()).containsExactly(A, repaired);
        assertThat(outcomes()).containsExactly(Kind.ACKNOWLEDGED);
    }

    // ---- who comes in

    /** P35: else an acknowledged write would be on fewer disks than S says. */
    @Test
    void joinerIsAddedOnceItHasForcedAllThatIsCommitted() {
        primary.write(0, "k", 1);
        primary.write(1, "k", 1);
        RecordId first = primary.state().window().get(1).id();

        b.follows();
        b.flushes(first);
        primary.pass(1);
        assertThat(primary.config().members()).containsExactly(A);
        b.flushes();

        assertThat(primary.config().members()).containsExactly(A, B);
    }

    @Test
    void joinerThatLeavesIsNotAdded() {
        b.follows();
        b.says(new Message.Leave());

        b.flushes();

        assertThat(primary.config().members()).containsExactly(A);
    }

    /** P4: a read of the old cv settles nothing. */
    @Test
    void proposalWithoutAnAnswerIsSentAgainUntilANewerCvShows() {
        b.follows();
        primary.holdArbiter();
        b.flushes();
        ArbiterCall proposal = lastCall();

        primary.step(new Input.ArbiterSilent());
        primary.pass(LEASE / 4);
        assertThat(lastCall()).isInstanceOf(ArbiterCall.Read.class);
        primary.step(new Input.ConfigRead((ArbiterCall.Read) lastCall(), Optional.of(primary.config())));
        primary.pass(LEASE / 4);

        assertThat(lastCall()).isEqualTo(proposal);
    }

    // ---- who goes

    @Test
    void silentMemberIsRemovedAndALiveOneStays() {
        b.joins();
        c.joins();

        primary.pass(SILENCE - 1);
        assertThat(primary.config().members()).containsExactly(A, B, C);
        c.flushes();
        primary.pass(1);

        assertThat(primary.config().members()).containsExactly(A, C);
    }

    /** P41: it may be this node that hears nobody; what it proposed would be set without its knowledge. */
    @Test
    void silentMemberStaysUntilTheArbiterIsHeard() {
        b.joins();
        primary.holdArbiter();

        primary.pass(SILENCE);
        primary.pass(LEASE);
        assertThat(primary.heldCalls()).isNotEmpty().noneMatch(ArbiterCall.CompareAndSet.class::isInstance);
        primary.releaseArbiter();

        assertThat(primary.config().members()).containsExactly(A);
    }

    /** P17: three had agreed that two must hold every write. */
    @Test
    void setDoesNotShrinkBelowMinInSyncAndWritesAreRefused() {
        b.joins();
        c.joins();
        primary.pass(SILENCE);
        primary.pass(SILENCE);
        assertThat(primary.config().members()).hasSize(2);
        primary.holdArbiter();

        primary.pass(LEASE);
        primary.write(0, "k", 1);

        assertThat(primary.heldCalls()).noneMatch(ArbiterCall.CompareAndSet.class::isInstance);
        assertThat(outcomes()).containsExactly(Kind.NOT_ENOUGH_REPLICAS);
    }

    /** P40: it answers, and its disk stands still. */
    @Test
    void memberWhoseDiskStandsStillIsRemoved() {
        b.joins();
        primary.write(0, "k", 1);

        for (int i = 0; i < 9; i++) {
            primary.pass(LEASE / 10);
            b.says(new Message.HeartbeatAck(0));
        }
        assertThat(primary.config().members()).containsExactly(A, B);
        primary.pass(LEASE / 10);

        assertThat(primary.config().members()).containsExactly(A);
        assertThat(outcomes()).containsExactly(Kind.ACKNOWLEDGED);
    }

    @Test
    void memberWithNothingToWriteIsNotTakenForOneThatStandsStill() {
        b.joins();

        for (int i = 0; i < 30; i++) {
            primary.pass(LEASE / 10);
            b.says(new Message.HeartbeatAck(0));
        }

        assertThat(primary.config().members()).containsExactly(A, B);
    }

    @Test
    void memberThatLeavesIsRemovedAtOnce() {
        b.joins();

        b.says(new Message.Leave());

        assertThat(primary.config().members()).containsExactly(A);
    }

    @Test
    void memberThatLeavesStaysWhileTheSetIsAtMinInSync() {
        b.joins();
        c.joins();

        b.says(new Message.Leave());
        c.says(new Message.Leave());

        assertThat(primary.config().members()).containsExactly(A, C);
    }

    private ArbiterCall lastCall() {
        List<ArbiterCall> calls = primary.heldCalls();
        return calls.get(calls.size() - 1);
    }

    private List<Kind> outcomes() {
        return primary.completed().stream()
                .map(completion -> completion.result().kind())
                .toList();
    }
}
