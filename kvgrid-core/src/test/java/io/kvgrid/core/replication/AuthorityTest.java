package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static io.kvgrid.core.replication.ReplicaDriver.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When the primary may answer reads (P13, P26, P28). */
class AuthorityTest {
    private static final long LEASE = 600_000_000;
    /** L(1 - rho). */
    private static final long AUTHORITY = LEASE * 99 / 100;

    private static final ReplicaSettings SETTINGS = ReplicaSettings.of(LEASE, 0, true, true, false);

    private final ReplicaDriver primary = ReplicaDriver.primary(SETTINGS);
    private final SecondaryScript b = new SecondaryScript(primary, B);

    @Test
    void primaryAloneInItsSetNeedsNobody() {
        primary.pass(100 * LEASE);

        primary.step(new Input.ClientReads(List.of(1L, 2L)));

        assertThat(primary.hasTenure()).isTrue();
        assertThat(primary.confirmed()).containsExactly(1L, 2L);
    }

    @Test
    void readWaitsUntilABeaconIsEchoed() {
        b.joins();
        primary.pass(1);
        primary.forget();

        primary.step(new Input.ClientReads(List.of(1L)));
        assertThat(primary.confirmed()).isEmpty();
        b.echoes(); // sent at once, for this read

        assertThat(primary.confirmed()).containsExactly(1L);
        assertThat(primary.hasTenure()).isTrue();
    }

    /** P28: counted from when the beacon was sent, not from when its echo came. */
    @Test
    void authorityEndsALeaseAfterTheBeaconWasSent() {
        b.joins();
        primary.step(new Input.ClientReads(List.of(1L)));
        primary.pass(LEASE / 2);
        b.says(new Message.HeartbeatAck(firstBeacon()));
        assertThat(primary.hasTenure()).isTrue();

        primary.pass(AUTHORITY - LEASE / 2 - 1);
        assertThat(primary.hasTenure()).isTrue();
        primary.pass(10); // beacons of one moment are numbered on

        assertThat(primary.hasTenure()).isFalse();
    }

    @Test
    void echoOfABeaconThatWasNeverSentGivesNothing() {
        b.joins();

        b.echoes(Long.MAX_VALUE);
        b.echoes(firstBeacon() + 100 * LEASE);

        assertThat(primary.hasTenure()).isFalse();
    }

    /** P13: from the moment an addition is sent, the new node's echo is needed. */
    @Test
    void proposedAdditionEndsTheAuthorityOfAPrimaryThatWasAlone() {
        b.follows();
        assertThat(primary.hasTenure()).isTrue();
        primary.holdArbiter();

        b.flushes();

        assertThat(primary.hasTenure()).isFalse();
        b.echoes();
        assertThat(primary.hasTenure()).isTrue();
    }

    @Test
    void secondaryIsToldTheCommitIndex() {
        b.joins();
        primary.write(0, "k", 1);
        b.flushes();
        primary.write(1, "k", 1);
        primary.pass(1);

        b.says(new Message.ReadRequest(7));
        b.echoes();

        assertThat(primary.sent(Message.ReadReply.class))
                .containsExactly(new Message.ReadReply(7, primary.state().last().lsn() - 1));
    }

    /** P26: what an earlier primary acknowledged may lie anywhere in the tail. */
    @Test
    void nothingIsAnsweredBeforeTheInheritedLogIsCommitted() {
        ReplicaDriver taken = takenOver();
        SecondaryScript secondary = new SecondaryScript(taken, B);
        secondary.follows();
        secondary.echoes();

        taken.step(new Input.ClientReads(List.of(1L)));
        assertThat(taken.confirmed()).isEmpty();
        assertThat(taken.hasTenure()).isFalse();
        secondary.flushes();
        secondary.echoes();

        assertThat(taken.confirmed()).containsExactly(1L);
        assertThat(taken.hasTenure()).isTrue();
    }

    /** A5: after a return of the primary the others have time to come back. */
    @Test
    void nobodyIsRemovedForSilenceWhileMembersAreStillToComeBack() {
        ReplicaDriver taken = takenOver();

        taken.pass(SETTINGS.startupGraceNanos() - 1);
        assertThat(taken.config().contains(B.nodeId())).isTrue();
        taken.pass(1);

        assertThat(taken.config().contains(B.nodeId())).isFalse();
    }

    /** A primary that has come back, with B in S, which has come back too. */
    private static ReplicaDriver takenOver() {
        GridConfig before =
                GridConfig.first(new UUID(1, 1), A, 0, new UUID(2, 2)).with(B, new UUID(3, 3));
        Member later = ReplicaDriver.restarted(A);
        ReplicaDriver taken = ReplicaDriver.start(later, SETTINGS, before);
        taken.connect(B);
        taken.receive(B, new Message.Standing(B, RecordId.NONE));
        taken.pass(2 * SETTINGS.promiseNanos());
        assertThat(taken.config().epoch()).isEqualTo(2);
        return taken;
    }

    private long firstBeacon() {
        return primary.sent(Message.Heartbeat.class).get(0).sentNanos();
    }
}
