package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.A;
import static io.kvgrid.core.replication.ReplicaDriver.B;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.RecordId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A snapshot as its receiver takes it in when messages are lost or come late (P33, P39). */
class SnapshotTransferTest {
    private static final ReplicaSettings SETTINGS = new ReplicaSettings(
            600_000_000,
            0.01,
            0,
            1 << 20,
            1 << 20,
            4_000,
            10_000,
            50_000,
            100,
            8,
            0,
            true,
            true,
            0,
            ReplicaSettings.NOT_FORCED);
    private static final RecordId LABEL = new RecordId(1, 7, 77);
    private static final Message.SnapshotEnd END = new Message.SnapshotEnd(5, 1, LABEL, state());

    private final ReplicaDriver joiner =
            ReplicaDriver.start(B, SETTINGS, GridConfig.first(new UUID(1, 1), A, 1, new UUID(2, 2)));

    @BeforeEach
    void install() {
        joiner.connect(A);
        joiner.receive(A, new Message.Reconcile(List.of(), LABEL));
        joiner.receive(A, new Message.SnapshotChunk(5, 0, List.of()));
        joiner.receive(A, END);
        assertThat(joiner.state().last()).isEqualTo(LABEL);
        joiner.forget();
    }

    /** The primary waits for that answer, and sends the end until it has it. */
    @Test
    void repeatedEndIsAnsweredAgain() {
        joiner.receive(A, END);

        assertThat(joiner.sent(Message.Reconciled.class)).containsExactly(new Message.Reconciled(LABEL));
    }

    /** P39: the primary repeats only what was not acknowledged, and this node has forgotten what was. */
    @Test
    void transferThatLateCopiesHaveBrokenIsAskedForAnew() {
        joiner.receive(A, new Message.SnapshotChunk(6, 0, List.of()));
        joiner.receive(A, new Message.SnapshotChunk(6, 1, List.of()));
        joiner.receive(A, new Message.Reconcile(List.of(), LABEL)); // late copies
        joiner.receive(A, new Message.SnapshotChunk(6, 0, List.of()));
        joiner.forget();

        for (int i = 0; i <= 12; i++) {
            joiner.pass(SETTINGS.leaseNanos() / 12);
            joiner.receive(A, new Message.SnapshotChunk(6, 2, List.of()));
        }

        assertThat(joiner.sent(Message.JoinRequest.class)).isNotEmpty();
    }

    /** P16. */
    @Test
    void lateSnapshotOfAnOlderStateIsNotInstalled() {
        joiner.receive(A, new Message.SnapshotEnd(4, 0, new RecordId(1, 3, 33), state()));

        assertThat(joiner.state().last()).isEqualTo(LABEL);
        assertThat(joiner.state().committed()).isEqualTo(LABEL);
    }

    /** P16: this node has acknowledged more than the snapshot holds. */
    @Test
    void repeatedTransferTakesNothingBack() {
        Records log = Records.from(LABEL, 1);
        joiner.receive(A, new Message.Append(LABEL, LABEL.lsn(), List.of(log.put("key", "value"))));
        RecordId last = joiner.state().last();
        assertThat(joiner.sent(Message.AppendAck.class)).containsExactly(new Message.AppendAck(last, last.lsn()));

        joiner.receive(A, new Message.SnapshotChunk(5, 0, List.of()));
        joiner.receive(A, END);
        joiner.receive(A, new Message.SnapshotChunk(4, 0, List.of()));
        joiner.receive(A, new Message.SnapshotEnd(4, 1, LABEL, state()));

        assertThat(joiner.state().last()).isEqualTo(last);
    }

    private static ByteBuffer state() {
        return ReplicaState.empty(0).encode();
    }
}
