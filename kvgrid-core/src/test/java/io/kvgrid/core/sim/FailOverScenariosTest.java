package io.kvgrid.core.sim;

import static io.kvgrid.core.sim.Scene.MILLI;
import static io.kvgrid.core.sim.Scene.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.testkit.history.History;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Fail-overs step by step, under load: how long they take, what fails meanwhile, who leads then. */
class FailOverScenariosTest {
    @BeforeEach
    void sayLess() {
        MDC.put("simulated", "true");
    }

    @AfterEach
    void sayMore() {
        MDC.remove("simulated");
    }

    @Test
    void primaryIsReplacedWithinTwoLeasesAndASecond() {
        Scene grid = new Scene(3, SimParts.real());
        grid.clients.start(5 * MILLI);
        grid.run(SECOND);

        grid.sim.crash(grid.node("a"));
        long crashed = grid.sim.clock().nowNanos();
        History.Write write = grid.insertLater("b", 0, 5 * SECOND);
        assertThat(grid.sim.runUntil(write::isAcknowledged, 3 * SECOND)).isTrue();

        assertThat(grid.sim.clock().nowNanos() - crashed).isLessThan(2 * 600 * MILLI + SECOND);
        assertThat(grid.primary().id().value()).isNotEqualTo("a");
        grid.sim.start(grid.node("a"));
        grid.endsWell();
    }

    /** P13: no wait, no failed operation. */
    @Test
    void roleIsHandedOverUnderLoadWithoutAFailedOperation() {
        Scene grid = new Scene(3, SimParts.real());
        grid.operateOnAll(2 * MILLI);
        grid.run(SECOND);

        for (int i = 0; i < 6; i++) {
            SimNode old = grid.primary();
            long before = grid.sim.clock().nowNanos();
            var handedOver = old.member().handOver().toCompletableFuture();
            assertThat(grid.sim.runUntil(handedOver::isDone, SECOND)).isTrue();
            assertThat(handedOver).isCompleted();
            assertThat(grid.sim.clock().nowNanos() - before).isLessThan(50 * MILLI);
            grid.run(200 * MILLI);
            assertThat(grid.primary()).isNotEqualTo(old);
        }

        grid.endsWell();
        grid.requireThatNothingFailed();
        assertThat(grid.clients.refusedByClosing()).isZero();
    }

    @Test
    void everyNodeRestartsInTurnUnderLoadWithoutAFailedOperation() {
        Scene grid = new Scene(3, SimParts.real());
        grid.operateOnAll(2 * MILLI);

        for (String name : List.of("a", "b", "c")) {
            SimNode node = grid.node(name);
            AtomicBoolean left = new AtomicBoolean();
            grid.sim.leave(node, () -> left.set(true));
            assertThat(grid.sim.runUntil(left::get, 2 * SECOND)).isTrue();
            grid.sim.start(node);
            assertThat(grid.sim.runUntil(grid.sim::isWhole, 5 * SECOND)).isTrue();
        }

        grid.endsWell();
        grid.requireThatNothingFailed();
        assertThat(grid.clients.refusedByClosing()).isPositive(); // clients go on asking who closes
        assertThat(grid.clients.reads().refusedByClosing()).isPositive();
    }

    @Test
    void allRestartAndTheHighestLogLeads() {
        Scene grid = new Scene(3, SimParts.real());
        grid.node("a").disk().hold();
        grid.node("b").disk().hold();
        History.Write write = grid.clients.insert(grid.node("a"), grid.key);
        grid.run(50 * MILLI); // only c has it on disk

        for (String name : List.of("a", "b", "c")) {
            grid.sim.crash(grid.node(name));
            grid.node(name).disk().release();
        }
        for (String name : List.of("b", "a", "c")) {
            grid.sim.start(grid.node(name));
        }
        assertThat(grid.sim.runUntil(grid.sim::isWhole, 3 * SECOND)).isTrue();

        assertThat(grid.primary().id().value()).isEqualTo("c");
        grid.endsWell();
        assertThat(grid.sim.invariants().log().lsnsOfWrites()).containsKey(write.id());
    }

    @Test
    void lastNodeStandingOfTwoGoesOn() {
        Scene grid = new Scene(2, SimParts.real());

        grid.sim.crash(grid.node("a"));
        History.Write write = grid.insertLater("b", 10 * MILLI, 5 * SECOND);

        assertThat(grid.sim.runUntil(write::isAcknowledged, 3 * SECOND)).isTrue();
        grid.sim.start(grid.node("a"));
        grid.endsWell();
    }

    @Test
    void minorityRefusesWrites() {
        Scene grid = new Scene(3, SimParts.real());
        grid.isolate("a");
        grid.run(2 * SECOND);

        History.Write write = grid.clients.insert(grid.node("a"), grid.key, SECOND);
        History.Write ofOthers = grid.clients.insert(grid.node("b"), grid.key, SECOND);
        grid.run(SECOND + 50 * MILLI);

        assertThat(write.isUnderWay()).isFalse();
        assertThat(write.isAcknowledged()).isFalse();
        assertThat(write.isMaybeApplied()).isFalse(); // it was sent to nobody: not applied
        assertThat(ofOthers.isAcknowledged()).isTrue();
        assertThat(grid.primary().id().value()).isNotEqualTo("a");
        grid.endsWell();
        assertThat(grid.sim.invariants().log().timesSet(write.id())).isZero();
    }

    /** P40: beacons alone do not keep the role. */
    @Test
    void primaryWhoseDiskStandsStillIsReplaced() {
        Scene grid = new Scene(3, SimParts.real());
        grid.node("a").disk().hold();
        History.Write write = grid.insertLater("b", 0, 5 * SECOND);

        assertThat(grid.sim.runUntil(write::isAcknowledged, 3 * SECOND)).isTrue();

        assertThat(grid.primary().id().value()).isNotEqualTo("a");
        grid.node("a").disk().release();
        grid.endsWell();
    }

    /** P40: nodes on one disk do not pass the role round. */
    @Test
    void disksThatAllStandStillMoveNoRole() {
        Scene grid = new Scene(3, SimParts.real());
        long epoch = grid.epoch();
        grid.sim.nodes().forEach(node -> node.disk().hold());
        grid.clients.insert(grid.node("b"), grid.key);

        grid.run(20 * SECOND);

        assertThat(grid.epoch()).isEqualTo(epoch);
        grid.sim.nodes().forEach(node -> node.disk().release());
        grid.endsWell();
    }

    /** P40: one disk a hundred times slower stays; one that no write can wait for leaves, and does not come and go. */
    @Test
    void slowDiskCausesNoStormOfChanges() {
        Scene grid = new Scene(3, SimParts.real());
        grid.operateOnAll(20 * MILLI);
        long whole = grid.cv();
        grid.node("c").disk().slowDown(100);
        grid.run(30 * SECOND);
        assertThat(grid.cv()).isEqualTo(whole);

        grid.node("c").disk().slowDown(1_500); // 225 to 675 ms for each force
        grid.run(60 * SECOND);
        assertThat(grid.cv() - whole).isBetween(1L, 10L);
        grid.node("c").disk().slowDown(1);

        grid.endsWell();
    }
}
