package io.kvgrid.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.Role;
import io.kvgrid.core.runtime.ReadOperation;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.testkit.history.History;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What random runs meet too rarely, step by step. All invariants are checked after each event here too. */
class ScenariosTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    /** How long an operation may take unless its caller says otherwise. */
    private static final long DEFAULT_DEADLINE = SECOND;

    /** A crash loses all that is not forced. */
    private final Faults faults = Faults.none(new SplittableRandom(1)).enable(Fault.LOST_UNFORCED, 1);

    private final SimGrid grid = new SimGrid(new SplittableRandom(2), faults, SimSettings.of(3));
    private final Workload clients = grid.workload();
    private final ByteBuffer key = clients.keys().get(0);
    private final SimNode primary = grid.node("a");
    private final SimNode b = grid.node("b");
    private final SimNode c = grid.node("c");

    ScenariosTest() {
        MDC.put("simulated", "true");
        grid.start(primary);
        assertThat(grid.runUntil(() -> isPrimary(primary), 5 * SECOND)).isTrue();
        grid.start(b);
        grid.start(c);
        becomesWhole();
    }

    @AfterEach
    void sayMore() {
        MDC.remove("simulated");
    }

    /** P14: the record may be acknowledged as far as the primary knows, so it stays, and is committed in the new epoch. */
    @Test
    void primaryDiesBetweenItsForceAndTheSecondariesAcknowledgement() {
        b.disk().hold();
        c.disk().hold();
        long lsn = lastLsn(primary) + 1;
        History.Write write = clients.insert(primary, key);
        assertThat(grid.runUntil(() -> lastLsn(primary) >= lsn, SECOND)).isTrue();

        grid.crash(primary);
        assertThat(write.isAcknowledged()).isFalse();
        b.disk().release();
        c.disk().release();
        grid.start(primary);

        becomesWhole();
        assertThat(grid.invariants().log().lsnsOfWrites()).containsEntry(write.id(), lsn);
        logsAreEqual();
    }

    /** P14: another node takes over, which has it, and commits it in the new epoch; P15: the old primary gets it back. */
    @Test
    void primaryDiesBetweenASecondarysForceAndItsOwn() {
        primary.disk().hold();
        long lsn = lastLsn(primary) + 1;
        History.Write write = clients.insert(primary, key);
        assertThat(grid.runUntil(() -> lastLsn(b) >= lsn && lastLsn(c) >= lsn, SECOND))
                .isTrue();

        grid.crash(primary);
        assertThat(write.isAcknowledged()).isFalse();
        assertThat(lastLsn(primary)).isEqualTo(lsn - 1);
        primary.disk().release();
        grid.start(primary);

        becomesWhole();
        assertThat(grid.invariants().log().lsnsOfWrites()).containsEntry(write.id(), lsn);
        logsAreEqual();
    }

    @Test
    void secondaryDiesBetweenItsForceAndItsAcknowledgement() {
        grid.network().block(c.id(), primary.id(), false);
        long lsn = lastLsn(primary) + 1;
        History.Write write = clients.insert(primary, key);
        assertThat(grid.runUntil(() -> lastLsn(c) >= lsn, SECOND)).isTrue();
        assertThat(write.isAcknowledged()).isFalse();

        grid.crash(c);
        grid.network().unblockAll();

        assertThat(grid.runUntil(write::isAcknowledged, DEFAULT_DEADLINE)).isTrue();
        grid.start(c);
        becomesWhole();
        logsAreEqual();
    }

    /** P13: its acknowledgement is waived once the Arbiter has confirmed the removal, within the default deadline. */
    @Test
    void silentSecondaryDelaysAWriteByLessThanItsDeadline() {
        c.process().pause(10 * SECOND);

        History.Write write = clients.insert(primary, key);

        grid.run(100 * MILLI);
        assertThat(write.isAcknowledged()).isFalse();
        assertThat(grid.runUntil(write::isAcknowledged, DEFAULT_DEADLINE - 100 * MILLI))
                .isTrue();
        assertThat(isInSync(c)).isFalse();
        assertThat(timeOf(clients.insert(b, key))).isLessThan(50 * MILLI);
        becomesWhole();
        logsAreEqual();
    }

    @Test
    void leavingSecondaryDelaysNothing() {
        clients.start(5 * MILLI);
        AtomicBoolean left = new AtomicBoolean();
        grid.leave(c, () -> left.set(true));

        assertThat(grid.runUntil(left::get, SECOND)).isTrue();
        grid.run(SECOND);

        assertThat(isInSync(c)).isFalse();
        assertThat(timeOf(clients.insert(primary, key))).isLessThan(50 * MILLI);
        grid.start(c);
        settles();
    }

    /** P33, P35: by a snapshot, and by the log behind it, while writes go on. */
    @Test
    void emptyNodeJoinsUnderLoad() {
        grid.crash(c);
        c.disk().wipe();
        assertThat(grid.runUntil(() -> !isInSync(c), DEFAULT_DEADLINE)).isTrue();
        clients.start(2 * MILLI);
        grid.run(5 * SECOND);
        long before = clients.acknowledged();

        grid.start(c);
        boolean joined = grid.runUntil(() -> c.member().status().role() == Role.SECONDARY, 5 * SECOND);

        assertThat(joined).isTrue();
        grid.run(SECOND);
        assertThat(clients.acknowledged()).isGreaterThan(before + 100);
        settlesButForOutcomes(); // what b sent again when c came in, and was then refused, may have been applied before
        // (P19)
    }

    /** A copy that is cut off answers nothing rather than something old; its local copy may be old. */
    @Test
    void linearizableReadOnASecondaryThatWasRemovedWaitsOrFails() {
        for (SimNode other : List.of(primary, b)) {
            grid.network().block(other.id(), c.id(), false);
            grid.network().block(c.id(), other.id(), false);
        }
        long old = c.peek(key).version();
        History.Write write = clients.insert(primary, key);
        assertThat(grid.runUntil(write::isAcknowledged, DEFAULT_DEADLINE)).isTrue();

        assertThat(c.member().readNow(c.key(key))).isNull();
        assertThat(c.peek(key).version()).isEqualTo(old);
        ReadOperation read = read(c);
        grid.run(DEFAULT_DEADLINE + 50 * MILLI);
        assertThat(read.future()).isCompletedExceptionally();

        grid.network().unblockAll();
        becomesWhole();
        ReadOperation again = read(c);
        assertThat(grid.runUntil(() -> again.future().isDone(), DEFAULT_DEADLINE))
                .isTrue();
        assertThat(again.future().join().version()).isGreaterThan(old);
    }

    // ---- steps

    private static boolean isPrimary(SimNode node) {
        return node.member().status().role() == Role.PRIMARY;
    }

    private boolean isInSync(SimNode node) {
        return grid.arbiter().current().orElseThrow().contains(node.id());
    }

    /** Waits until it is acknowledged. */
    private long timeOf(History.Write write) {
        long start = grid.clock().nowNanos();
        assertThat(grid.runUntil(write::isAcknowledged, DEFAULT_DEADLINE)).isTrue();
        return grid.clock().nowNanos() - start;
    }

    private ReadOperation read(SimNode node) {
        ReadOperation read = new ReadOperation(
                node.key(key), ReadOperation.LINEARIZABLE, node.process().nanoTime() + DEFAULT_DEADLINE);
        node.member().read(read);
        return read;
    }

    private static long lastLsn(SimNode node) {
        return node.disk().durable().last().lsn();
    }

    /** Waits until all nodes are in sync, have taken one more write, and have applied it. */
    private void becomesWhole() {
        assertThat(grid.runUntil(grid::isWhole, 20 * SECOND)).isTrue();
        timeOf(clients.insert(primary, key));
        assertThat(grid.runUntil(() -> clients.isIdle() && grid.isWhole(), 5 * SECOND))
                .isTrue();
    }

    private void settles() {
        settlesButForOutcomes();
        assertThat(clients.unknownOutcomes()).isZero();
    }

    private void settlesButForOutcomes() {
        clients.stop();
        becomesWhole();
        grid.invariants().checkEqual(grid.nodes(), clients.keys());
        assertThat(clients.violation()).isEmpty();
    }

    /** Record for record, from the newest base on. */
    private void logsAreEqual() {
        long base = grid.nodes().stream()
                .mapToLong(node -> node.disk().durable().base().lsn())
                .max()
                .orElseThrow();
        List<LogRecord> expected = recordsBehind(primary, base);
        for (SimNode node : grid.nodes()) {
            assertThat(recordsBehind(node, base)).as("log of %s", node.id()).isEqualTo(expected);
        }
        RecordId last = primary.disk().durable().last();
        assertThat(grid.nodes())
                .allSatisfy(node -> assertThat(node.disk().durable().last()).isEqualTo(last));
        grid.invariants().checkEqual(grid.nodes(), clients.keys());
        assertThat(clients.violation()).isEmpty();
    }

    private static List<LogRecord> recordsBehind(SimNode node, long lsn) {
        List<LogRecord> records = new ArrayList<>(node.disk().durable().records());
        records.removeIf(record -> record.lsn() <= lsn);
        return records;
    }
}
