package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult.Kind;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A write on its way from a secondary to the primary and back. */
class ForwardedWriteTest {
    private static final int MAX_UNCOMMITTED = 10_000;
    private static final int VALUE = MAX_UNCOMMITTED / 10;
    private static final ReplicaSettings SETTINGS = new ReplicaSettings(
            600_000_000,
            0.01,
            0,
            MAX_UNCOMMITTED,
            1 << 20,
            4_000,
            1 << 20,
            1 << 20,
            100,
            8,
            0,
            true,
            true,
            0,
            ReplicaSettings.NOT_FORCED);

    private final ReplicaDriver primary = ReplicaDriver.primary(SETTINGS);

    /** P19: the secondary has told its client that the write was not applied. */
    @Test
    void copyOfARefusedRequestIsNotApplied() {
        primary.connect(B);
        overload();
        Message.WriteRequest request = ReplicaDriver.command(B, 0, "k", VALUE).toRequest(1);
        primary.receive(B, request);
        assertThat(replies()).containsExactly(Kind.OVERLOADED);
        primary.releaseLog();
        long lastLsn = primary.state().last().lsn();

        primary.receive(B, request);

        assertThat(primary.state().last().lsn()).isEqualTo(lastLsn);
        assertThat(replies()).containsExactly(Kind.OVERLOADED);
    }

    @Test
    void copyOfARefusedRequestIsNotAppliedOnTheNextConnection() {
        primary.connect(B);
        overload();
        Message.WriteRequest request = ReplicaDriver.command(B, 0, "k", VALUE).toRequest(1);
        primary.receive(B, request);
        primary.releaseLog();
        long lastLsn = primary.state().last().lsn();

        primary.step(new Input.PeerDisconnected(B.nodeId()));
        primary.connect(B);
        primary.receive(B, request);

        assertThat(primary.state().last().lsn()).isEqualTo(lastLsn);
    }

    @Test
    void sameWriteUnderTheNextNumberIsJudgedAgain() {
        primary.connect(B);
        overload();
        primary.receive(B, ReplicaDriver.command(B, 0, "k", VALUE).toRequest(1));
        primary.releaseLog();

        primary.receive(B, ReplicaDriver.command(B, 0, "k", VALUE).toRequest(2));

        assertThat(replies()).containsExactly(Kind.OVERLOADED, Kind.ACKNOWLEDGED);
    }

    @Test
    void nextRunOfTheSenderCountsFromOne() {
        primary.connect(B);
        primary.receive(B, ReplicaDriver.command(B, 0, "k", VALUE).toRequest(5));
        Member later = ReplicaDriver.restarted(B);

        primary.connect(later);
        primary.receive(later, ReplicaDriver.command(later, 0, "k", VALUE).toRequest(1));

        assertThat(replies()).containsExactly(Kind.ACKNOWLEDGED, Kind.ACKNOWLEDGED);
    }

    @Test
    void everyAttemptHasANumberOfItsOwn() {
        Member leader = ReplicaDriver.member("leader", 9);
        ReplicaDriver secondary = secondaryOf(leader);
        secondary.write(0, "k", 1);
        secondary.write(1, "l", 1);

        secondary.pass(SETTINGS.leaseNanos() / 2);

        assertThat(secondary.sent(Message.WriteRequest.class))
                .extracting(request -> request.operation().number() + " as " + request.number())
                .containsExactly("0 as 1", "1 as 2", "0 as 3", "1 as 4");
    }

    private static ReplicaDriver secondaryOf(Member leader) {
        GridConfig config =
                GridConfig.first(new UUID(1, 1), leader, 1, new UUID(2, 2)).with(B, new UUID(3, 3));
        ReplicaDriver secondary = ReplicaDriver.start(B, SETTINGS, config);
        secondary.connect(leader);
        secondary.receive(leader, new Message.Reconcile(List.of(), RecordId.NONE));
        assertThat(secondary.replica().isServing()).isTrue();
        return secondary;
    }

    /** The primary refuses everything until its log moves. */
    private void overload() {
        primary.holdLog();
        primary.write(0, "large", MAX_UNCOMMITTED * 9 / 10);
        primary.write(1, "too much", VALUE);
        assertThat(primary.completed())
                .extracting(completion -> completion.result().kind())
                .containsExactly(Kind.OVERLOADED);
    }

    private List<Kind> replies() {
        return primary.sent(Message.WriteReply.class).stream()
                .map(reply -> reply.result().kind())
                .toList();
    }
}
