package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static io.kvgrid.core.replication.ReplicaDriver.B;
import static io.kvgrid.core.replication.ReplicaDriver.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.Role;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When a member takes the role of primary, and when it may use it (P6, P13, A5). */
class TakeOverTest {
    private static final long LEASE = 600_000_000;
    private static final ReplicaSettings SETTINGS = ReplicaSettings.of(LEASE, 1, true, true, false);
    /** L(1 + rho). */
    private static final long PROMISE = SETTINGS.promiseNanos();

    private static final GridConfig TWO =
            GridConfig.first(new UUID(1, 1), A, 1, new UUID(2, 2)).with(B, new UUID(3, 3));
    private static final GridConfig THREE = TWO.with(C, new UUID(4, 4));

    // ---- unplanned

    @Test
    void memberTakesOverWhenItsPromiseHasEnded() {
        ReplicaDriver b = following(B, TWO);

        b.pass(PROMISE - 1);
        assertThat(role(b)).isEqualTo(Role.SECONDARY);
        b.pass(1);

        assertThat(role(b)).isEqualTo(Role.PRIMARY);
        assertThat(b.config().epoch()).isEqualTo(2);
        assertThat(b.config().members()).containsExactly(A, B);
    }

    @Test
    void everyBeaconRenewsThePromise() {
        ReplicaDriver b = following(B, TWO);
        b.pass(PROMISE - 1);
        b.receive(A, beacon());

        b.pass(PROMISE - 1);
        assertThat(role(b)).isEqualTo(Role.SECONDARY);
        b.pass(1);

        assertThat(role(b)).isEqualTo(Role.PRIMARY);
    }

    @Test
    void othersTakeTurns() {
        ReplicaDriver c = following(C, THREE);

        c.pass(PROMISE);
        assertThat(role(c)).isEqualTo(Role.SECONDARY);
        c.pass(SETTINGS.retryNanos());

        assertThat(role(c)).isEqualTo(Role.PRIMARY);
    }

    /** P13: twice, since whoever was left out by the change before may hold a lease. */
    @Test
    void nothingCommitsForTwoLeasesAfterThePrimaryWasHeardLast() {
        ReplicaDriver b = following(B, TWO);
        b.pass(PROMISE);
        b.pass(SETTINGS.silenceNanos()); // A is removed
        assertThat(b.config().members()).containsExactly(B);

        b.write(0, "k", 1);
        b.pass(PROMISE - SETTINGS.silenceNanos() - 1);
        assertThat(b.completed()).isEmpty();
        b.pass(1);

        assertThat(b.completed())
                .extracting(each -> each.result().kind())
                .containsExactly(WriteResult.Kind.ACKNOWLEDGED);
    }

    /** P13: from the sending of a take-over until it is settled no beacon of the old primary is echoed. */
    @Test
    void nodeThatHasAskedToLeadConfirmsNobodyElse() {
        ReplicaDriver b = following(B, TWO);
        b.holdArbiter();
        b.pass(PROMISE);
        b.step(new Input.ConfigRead((ArbiterCall.Read) b.heldCalls().get(0), Optional.of(TWO)));
        b.forget();

        b.receive(A, beacon());

        assertThat(b.heldCalls()).hasAtLeastOneElementOfType(ArbiterCall.CompareAndSet.class);
        assertThat(b.sent(Message.HeartbeatAck.class)).isEmpty();
    }

    /** A proposal that nobody answers would keep the old primary from its authority: none is made then. */
    @Test
    void nothingIsProposedWhileTheArbiterIsAway() {
        ReplicaDriver b = following(B, TWO);
        b.holdArbiter();

        b.pass(PROMISE);
        b.pass(PROMISE);
        b.receive(A, beacon());

        assertThat(b.heldCalls()).allMatch(call -> call instanceof ArbiterCall.Read);
        assertThat(b.sent(Message.HeartbeatAck.class)).hasSize(2);
    }

    @Test
    void nodeOutsideSNeverTakesOver() {
        ReplicaDriver c = following(C, TWO);
        ReplicaDriver otherDirectory = following(new Member(B.nodeId(), new UUID(9, 9), new UUID(9, 8), 1, ""), TWO);

        c.pass(100 * LEASE);
        otherDirectory.pass(100 * LEASE);

        assertThat(role(c)).isEqualTo(Role.JOINING);
        assertThat(role(otherDirectory)).isEqualTo(Role.JOINING);
    }

    // ---- after restarts

    /** P6, P13: what an earlier run promised or granted may last two leases. */
    @Test
    void primaryThatRestartedWaitsAndTakesTheNextEpoch() {
        Member later = ReplicaDriver.restarted(A);
        ReplicaDriver a = ReplicaDriver.start(later, SETTINGS, TWO);
        a.connect(B);
        a.receive(B, new Message.Standing(B, RecordId.NONE));

        a.pass(2 * PROMISE - 1);
        assertThat(role(a)).isEqualTo(Role.JOINING);
        a.pass(1);

        assertThat(a.config().epoch()).isEqualTo(2);
        assertThat(a.config().isPrimary(A.nodeId(), later.bootId())).isTrue();
        assertThat(a.config().members()).containsExactly(later, B);
    }

    /** A5: without all of S nobody is hurried. */
    @Test
    void restartedNodeWaitsForTheOthersUntilTheGraceIsOver() {
        ReplicaDriver a = ReplicaDriver.start(ReplicaDriver.restarted(A), SETTINGS, TWO);

        a.pass(SETTINGS.startupGraceNanos() - 1);
        assertThat(role(a)).isEqualTo(Role.JOINING);
        a.pass(1);

        assertThat(role(a)).isEqualTo(Role.PRIMARY);
    }

    /** A5: the one whose log ends highest leads. */
    @Test
    void restartedNodeWithTheShorterLogLeavesTheRoleToTheOther() {
        ReplicaDriver a = ReplicaDriver.start(ReplicaDriver.restarted(A), SETTINGS, TWO);
        a.connect(B);

        a.receive(B, new Message.Standing(B, new RecordId(1, 5, 77)));
        a.pass(3 * PROMISE);
        assertThat(role(a)).isEqualTo(Role.JOINING);
        a.step(new Input.PeerDisconnected(B.nodeId())); // and may never come back
        a.pass(SETTINGS.startupGraceNanos());

        assertThat(role(a)).isEqualTo(Role.PRIMARY);
    }

    @Test
    void logOfAnotherDirectoryCountsNothing() {
        ReplicaDriver a = ReplicaDriver.start(ReplicaDriver.restarted(A), SETTINGS, TWO);
        Member wiped = new Member(B.nodeId(), new UUID(9, 9), new UUID(9, 8), 1, "");
        a.connect(wiped);

        a.receive(wiped, new Message.Standing(wiped, RecordId.NONE));
        a.pass(3 * PROMISE);

        assertThat(role(a)).isEqualTo(Role.JOINING);
    }

    @Test
    void restartedNodesTellEachOtherWhereTheirLogsEnd() {
        ReplicaDriver a = ReplicaDriver.start(ReplicaDriver.restarted(A), SETTINGS, TWO);
        a.connect(B);

        a.pass(SETTINGS.retryNanos());

        assertThat(a.sent(Message.Standing.class))
                .isNotEmpty()
                .allMatch(each -> each.last().equals(RecordId.NONE));
    }

    // ---- planned

    @Test
    void handedOverRoleIsTakenAtOnce() {
        ReplicaDriver b = following(B, THREE);
        b.write(1, "k", 1); // asked of A, which has not answered

        b.receive(A, new Message.HandOver());

        assertThat(role(b)).isEqualTo(Role.PRIMARY);
        assertThat(b.config().members()).containsExactly(A, B, C);
        SecondaryScript a = new SecondaryScript(b, A).follows();
        SecondaryScript c = new SecondaryScript(b, C).follows();
        a.flushes();
        c.flushes();
        assertThat(b.completed())
                .as("without a wait")
                .extracting(each -> each.result().kind())
                .containsExactly(WriteResult.Kind.ACKNOWLEDGED);
    }

    /** P13: authority ends before the successor is told, for good. */
    @Test
    void primaryGivesItsAuthorityUpAndTellsOneWhoHasAll() {
        ReplicaDriver a = ReplicaDriver.primary(SETTINGS);
        SecondaryScript b = new SecondaryScript(a, B);
        b.joins();
        b.echoes();
        a.write(0, "k", 1);
        a.forget();

        a.step(new Input.HandOver());
        assertThat(a.replica().isServing()).as("new operations").isFalse();
        assertThat(a.sent(Message.HandOver.class)).as("before all is committed").isEmpty();
        b.flushes();

        assertThat(a.sent(Message.HandOver.class)).hasSize(1);
        assertThat(a.hasTenure()).isFalse();
        a.forget();
        b.says(new Message.LeaseRequest(5));
        a.pass(SETTINGS.heartbeatNanos());
        assertThat(a.sent(Message.Heartbeat.class)).isEmpty();
        assertThat(a.sent(Message.LeaseGrant.class)).isEmpty();
    }

    /** If nobody takes the role, a newer cv says so. */
    @Test
    void primaryWhoseSuccessorDoesNotActGoesOn() {
        ReplicaDriver a = ReplicaDriver.primary(SETTINGS);
        SecondaryScript b = new SecondaryScript(a, B);
        b.joins();
        b.echoes();
        long cv = a.config().cv();

        a.step(new Input.HandOver());
        b.says(new Message.Leave()); // at S = minInSync + 1: it is removed only after the hand-over
        a.pass(2 * LEASE);

        assertThat(a.config().cv()).isGreaterThan(cv);
        assertThat(a.replica().isServing()).isTrue();
        assertThat(role(a)).isEqualTo(Role.PRIMARY);
    }

    /** A follower of A, with an empty log, that has heard of it just now. */
    private static ReplicaDriver following(Member self, GridConfig config) {
        ReplicaDriver node = ReplicaDriver.start(self, SETTINGS, config);
        node.pass(2 * PROMISE);
        node.connect(A);
        node.receive(A, new Message.Reconcile(List.of(), RecordId.NONE));
        node.receive(A, beacon());
        return node;
    }

    private static Message beacon() {
        return new Message.Heartbeat(7, 0, 0, 0);
    }

    private static Role role(ReplicaDriver node) {
        return node.replica().status().role();
    }
}
