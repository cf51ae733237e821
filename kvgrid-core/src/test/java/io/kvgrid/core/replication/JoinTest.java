package io.kvgrid.core.replication;

import static io.kvgrid.core.replication.ReplicaDriver.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvgrid.core.message.Message;
import io.kvgrid.spi.persistence.RecordId;
import org.junit.jupiter.api.Test;

/** A node that joins while the primary writes. */
class JoinTest {
    private static final int RETAINED = 10_000;
    private static final int PINNED = 50_000;
    private static final int VALUE = 1_000;

    private final ReplicaDriver primary = ReplicaDriver.primary(settings(RETAINED, PINNED));

    @Test
    void joinerBehindTheStartOfTheLogReceivesASnapshot() {
        startTransfer();

        assertThat(primary.sent(Message.SnapshotChunk.class)).isNotEmpty();
        assertThat(primary.sent(Message.SnapshotEnd.class)).hasSize(1);
        assertThat(primary.sent(Message.Append.class)).isEmpty();
    }

    /** P12: an append names the record before it, so that one has to be known as well. */
    @Test
    void joinerWhoseLastRecordIsTheFirstOneGoneReceivesASnapshot() {
        write(0, 2 * RETAINED / VALUE);
        RecordId gone = primary.sealed(primary.state().window().firstLsn() - 1);
        primary.joins(B);
        primary.forget();

        primary.receive(B, new Message.Reconciled(gone));

        assertThat(primary.sent(Message.SnapshotEnd.class)).hasSize(1);
        primary.pass(10_000_000);
        assertThat(primary.sent(Message.Reconcile.class)).isEmpty();
    }

    /** P42: the joiner would ask and be asked for ever, since nothing that is uncommitted can be released. */
    @Test
    void uncommittedRecordsDoNotInterruptATransfer() {
        startTransfer();
        primary.forget();
        primary.holdLog();

        write(100, 2 * PINNED / VALUE);

        assertThat(primary.state().uncommittedBytes()).isGreaterThan(PINNED);
        assertThat(primary.sent(Message.Reconcile.class)).isEmpty();
    }

    /** P34: what a joiner makes the primary keep is bounded; beyond that the joiner starts again. */
    @Test
    void transferStartsAgainOnceWhenTooMuchIsKeptForIt() {
        startTransfer();
        primary.forget();

        write(100, PINNED * 3 / 2 / VALUE);

        assertThat(primary.sent(Message.Reconcile.class)).hasSize(1);
        assertThat(primary.state().window().bytes()).isLessThan(PINNED);
    }

    /** Otherwise what is kept anyway would be enough to interrupt every transfer. */
    @Test
    void atLeastAsMuchMayBePinnedAsIsRetained() {
        assertThatIllegalArgumentException().isThrownBy(() -> settings(RETAINED, RETAINED - 1));
    }

    private void startTransfer() {
        write(0, 2 * RETAINED / VALUE);
        primary.joins(B);
        primary.receive(B, new Message.Reconciled(RecordId.NONE));
    }

    private void write(int first, int count) {
        for (int i = first; i < first + count; i++) {
            primary.write(i, "k" + i, VALUE);
        }
    }

    private static ReplicaSettings settings(long retainedBytes, long pinnedBytes) {
        return new ReplicaSettings(
                600_000_000,
                0.01,
                0,
                1 << 20,
                1 << 20,
                4_000,
                retainedBytes,
                pinnedBytes,
                100,
                8,
                0,
                true,
                true,
                0,
                ReplicaSettings.NOT_FORCED);
    }
}
