package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static io.kvgrid.core.replication.ReplicaDriver.B;
import static io.kvgrid.core.replication.ReplicaDriver.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Reads that a secondary answers alone, and what the primary waits for on their account (P13, P28, P30). */
class ReadLeaseTest {
    private static final long LEASE = 600_000_000;
    private static final ReplicaSettings SETTINGS = ReplicaSettings.of(LEASE, 1, true, true, false);
    private static final GridConfig CONFIG =
            GridConfig.first(new UUID(1, 1), A, 1, new UUID(2, 2)).with(B, new UUID(3, 3));

    // ---- the secondary

    @Test
    void leaseCountsFromWhenItWasAskedFor() {
        ReplicaDriver b = serving();
        Message.LeaseRequest request = requested(b);
        b.pass(LEASE / 2);
        assertThat(b.hasTenure()).isFalse();

        b.receive(A, new Message.LeaseGrant(request.sentNanos()));

        assertThat(b.hasTenure()).isTrue();
        b.pass(SETTINGS.authorityNanos() - LEASE / 2 - 1);
        assertThat(b.hasTenure()).isTrue();
        b.pass(1);
        assertThat(b.hasTenure()).isFalse();
    }

    @Test
    void grantThatComesTooLateOrWasNeverAskedForGivesNothing() {
        ReplicaDriver b = serving();
        Message.LeaseRequest request = requested(b);

        b.receive(A, new Message.LeaseGrant(request.sentNanos() + 1));
        assertThat(b.hasTenure()).isFalse();
        b.pass(SETTINGS.authorityNanos());
        b.receive(A, new Message.LeaseGrant(request.sentNanos()));

        assertThat(b.hasTenure()).isFalse();
    }

    @Test
    void everyChangeOfTheConfigurationEndsIt() {
        ReplicaDriver b = serving();
        b.receive(A, new Message.LeaseGrant(requested(b).sentNanos()));
        assertThat(b.hasTenure()).isTrue();

        b.receive(A, new Message.ConfigAnnounce(CONFIG.with(C, new UUID(9, 9))));

        assertThat(b.hasTenure()).isFalse();
    }

    @Test
    void nodeOutsideSHasNone() {
        ReplicaDriver c = ReplicaDriver.start(C, SETTINGS, CONFIG);
        c.connect(A);
        c.receive(A, new Message.Reconcile(List.of(), RecordId.NONE));
        c.receive(A, new Message.Heartbeat(7, 0, 0, 0));

        assertThat(c.sent(Message.LeaseRequest.class)).isEmpty();
        c.receive(A, new Message.LeaseGrant(0));
        assertThat(c.hasTenure()).isFalse();
    }

    @Test
    void nodeThatIsToldToHasEveryReadConfirmed() {
        ReplicaDriver b = ReplicaDriver.start(B, ReplicaSettings.of(LEASE, 1, false, true, false), CONFIG);
        b.connect(A);
        b.receive(A, new Message.Reconcile(List.of(), RecordId.NONE));
        b.receive(A, new Message.Heartbeat(7, 0, 0, 0));

        assertThat(b.sent(Message.LeaseRequest.class)).isEmpty();
    }

    // ---- the primary

    @Test
    void onlyAuthorityGrantsAndOnlyToMembers() {
        ReplicaDriver a = ReplicaDriver.primary(SETTINGS);
        SecondaryScript b = new SecondaryScript(a, B);
        b.joins();
        SecondaryScript c = new SecondaryScript(a, C).follows();

        b.says(new Message.LeaseRequest(5));
        assertThat(a.sent(Message.LeaseGrant.class)).isEmpty();
        b.echoes();
        c.says(new Message.LeaseRequest(6));
        assertThat(a.sent(Message.LeaseGrant.class)).isEmpty();
        b.says(new Message.LeaseRequest(7));

        assertThat(a.sent(Message.LeaseGrant.class)).containsExactly(new Message.LeaseGrant(7));
    }

    /** P13: until then the removed node may answer reads. */
    @Test
    void writesWaitForTheLeaseOfAMemberThatWasRemoved() {
        ReplicaDriver a = withLease();
        long waited = SETTINGS.silenceNanos();
        a.pass(waited);
        assertThat(a.config().members()).containsExactly(A);

        a.write(0, "k", 1);
        a.pass(SETTINGS.promiseNanos() - waited - 1);
        assertThat(a.completed()).isEmpty();
        a.pass(1);

        assertThat(a.completed())
                .extracting(each -> each.result().kind())
                .containsExactly(WriteResult.Kind.ACKNOWLEDGED);
    }

    @Test
    void leaseThatWasReturnedIsNotWaitedFor() {
        ReplicaDriver a = withLease();

        a.receive(B, new Message.Leave());
        a.write(0, "k", 1);

        assertThat(a.config().members()).containsExactly(A);
        assertThat(a.completed()).hasSize(1);
    }

    /** P29: no clock takes part. */
    @Test
    void withoutLeasesAReadIsConfirmedByAnEchoOfALaterBeacon() {
        ReplicaDriver a = ReplicaDriver.primary(ReplicaSettings.of(LEASE, 1, false, true, false));
        SecondaryScript b = new SecondaryScript(a, B);
        b.joins();
        b.echoes();

        a.step(new Input.ClientReads(List.of(1L)));
        assertThat(a.hasTenure()).isFalse();
        assertThat(a.confirmed()).isEmpty();
        b.echoes(); // of the beacon that was sent for it, at the same moment by the clock

        assertThat(a.confirmed()).containsExactly(1L);
    }

    /** P29: an echo of before says nothing about how long ago that was. */
    @Test
    void clocksThatDriftEndAuthorityUntilALaterBeaconIsEchoed() {
        ReplicaDriver a = ReplicaDriver.primary(SETTINGS);
        SecondaryScript b = new SecondaryScript(a, B);
        b.joins();
        a.pass(1);
        b.echoes();
        assertThat(a.hasTenure()).isTrue();
        long before = a.sent(Message.Heartbeat.class).stream()
                .mapToLong(Message.Heartbeat::sentNanos)
                .max()
                .orElseThrow();

        a.step(new Input.ClockJumped());
        assertThat(a.hasTenure()).isFalse();
        b.echoes(before);
        assertThat(a.hasTenure()).isFalse();
        b.echoes();

        assertThat(a.hasTenure()).isTrue();
    }

    @Test
    void clocksThatDriftConfirmNoRead() {
        ReplicaDriver a = ReplicaDriver.primary(ReplicaSettings.of(LEASE, 1, false, true, false));
        SecondaryScript b = new SecondaryScript(a, B);
        b.joins();
        b.echoes();

        a.step(new Input.ClientReads(List.of(1L)));
        a.step(new Input.ClockJumped());

        assertThat(a.confirmed()).isEmpty();
    }

    @Test
    void clocksThatDriftEndALeaseAndWhatWasAskedForBefore() {
        ReplicaDriver b = serving();
        Message.LeaseRequest request = requested(b);
        b.receive(A, new Message.LeaseGrant(request.sentNanos()));

        b.step(new Input.ClockJumped());
        assertThat(b.hasTenure()).isFalse();
        b.receive(A, new Message.LeaseGrant(request.sentNanos()));

        assertThat(b.hasTenure()).isFalse();
    }

    /** P26: what a refusal shows must come from a primary that is one still. */
    @Test
    void refusedConditionIsAnsweredUnderAuthorityOnly() {
        ReplicaDriver a = ReplicaDriver.primary(SETTINGS);
        SecondaryScript b = new SecondaryScript(a, B);
        b.joins();
        a.pass(1);
        a.forget();

        a.step(new Input.ClientWrite(ReplicaDriver.conditional(A, 0, "k")));
        assertThat(a.completed()).isEmpty();
        b.echoes();

        assertThat(a.completed())
                .extracting(each -> each.result().kind())
                .containsExactly(WriteResult.Kind.CONDITION_FAILED);
    }

    private static ReplicaDriver withLease() {
        ReplicaDriver a = ReplicaDriver.primary(SETTINGS);
        SecondaryScript b = new SecondaryScript(a, B);
        b.joins();
        b.echoes();
        b.says(new Message.LeaseRequest(7));
        assertThat(a.sent(Message.LeaseGrant.class)).hasSize(1);
        a.forget();
        return a;
    }

    private static ReplicaDriver serving() {
        ReplicaDriver b = ReplicaDriver.start(B, SETTINGS, CONFIG);
        b.connect(A);
        b.receive(A, new Message.Reconcile(List.of(), RecordId.NONE));
        b.receive(A, new Message.Heartbeat(7, 0, 0, 0));
        return b;
    }

    private static Message.LeaseRequest requested(ReplicaDriver node) {
        return node.sent(Message.LeaseRequest.class).get(0);
    }
}
