package io.kvgrid.core.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.Role;
import io.kvgrid.core.replication.BrokenRules;
import io.kvgrid.core.replication.Rules;
import io.kvgrid.testkit.history.History;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/**
 * Fail-overs step by step, with a client that never stops reading where an old value may still be. Where a rule keeps it
 * from being read, the same steps without that rule must show it.
 */
class FailOverScenariosTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

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
        Scenario grid = new Scenario(3, new Rules());
        grid.clients.start(5 * MILLI);
        grid.run(SECOND);

        grid.sim.crash(grid.node("a"));
        History.Write write = grid.insertLater("b", 300 * MILLI, 5 * SECOND);
        long before = grid.sim.clock().nowNanos();
        assertThat(grid.sim.runUntil(write::isAcknowledged, 3 * SECOND)).isTrue();

        assertThat(grid.sim.clock().nowNanos() - before).isLessThan(2 * 600 * MILLI + SECOND);
        assertThat(grid.primary().id().value()).isNotEqualTo("a");
        grid.sim.start(grid.node("a"));
        grid.endsWell();
    }

    /** P13: no wait, no failed operation. */
    @Test
    void roleIsHandedOverUnderLoadWithoutAFailedOperation() {
        Scenario grid = new Scenario(3, new Rules());
        grid.insertOnAll(2 * MILLI);
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
        assertThat(grid.clients.unknownOutcomes()).isZero();
        assertThat(grid.clients.refused()).isZero();
    }

    @Test
    void everyNodeRestartsInTurnUnderLoadWithoutAFailedOperation() {
        Scenario grid = new Scenario(3, new Rules());
        grid.insertOnAll(2 * MILLI);

        for (String name : List.of("a", "b", "c")) {
            SimNode node = grid.node(name);
            AtomicBoolean left = new AtomicBoolean();
            grid.sim.leave(node, () -> left.set(true));
            assertThat(grid.sim.runUntil(left::get, 2 * SECOND)).isTrue();
            grid.sim.start(node);
            assertThat(grid.sim.runUntil(grid.sim::isWhole, 5 * SECOND)).isTrue();
        }

        grid.endsWell();
        assertThat(grid.clients.unknownOutcomes()).isZero();
        assertThat(grid.clients.refused()).isZero();
    }

    @Test
    void allRestartAndTheHighestLogLeads() {
        Scenario grid = new Scenario(3, new Rules());
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
        Scenario grid = new Scenario(2, new Rules());

        grid.sim.crash(grid.node("a"));
        History.Write write = grid.insertLater("b", 10 * MILLI, 5 * SECOND);

        assertThat(grid.sim.runUntil(write::isAcknowledged, 3 * SECOND)).isTrue();
        grid.sim.start(grid.node("a"));
        grid.endsWell();
    }

    @Test
    void minorityRefusesWrites() {
        Scenario grid = new Scenario(3, new Rules());
        grid.isolate("a");
        grid.run(2 * SECOND);

        History.Write write = grid.clients.insert(grid.node("a"), grid.key);
        grid.run(2 * SECOND);

        assertThat(write.isAcknowledged()).isFalse();
        assertThat(grid.primary().id().value()).isNotEqualTo("a");
        grid.sim.heal();
        grid.endsWell();
    }

    /** P40: beacons alone do not keep the role. */
    @Test
    void primaryWhoseDiskStandsStillIsReplaced() {
        Scenario grid = new Scenario(3, new Rules());
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
        Scenario grid = new Scenario(3, new Rules());
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
        Scenario grid = new Scenario(3, new Rules());
        grid.insertOnAll(20 * MILLI);
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

    /** P13: the old primary answers reads for a lease, which the others must not cut short. */
    @Test
    void cutOffPrimaryIsNotOvertakenWhileItAnswersReads() {
        requireFoundBy(BrokenRules.takeOverBeforeThePromiseEnds(), rules -> {
            Scenario grid = new Scenario(3, rules);
            grid.readOn("a");
            grid.isolate("a");
            grid.insertUntil("b", 2 * SECOND);
            grid.sim.heal();
            grid.endsWell();
        });
    }

    /** P13: whoever the old primary has granted a lease at the last moment answers reads for one lease more. */
    @Test
    void twoLeasesPassBeforeWhatWasCutOffIsOvertaken() {
        requireFoundBy(BrokenRules.commitALeaseAfterTheTakeOver(), rules -> {
            Scenario grid = new Scenario(4, rules);
            grid.readOn("d");
            for (String there : List.of("a", "d")) {
                grid.cut(there, "b");
                grid.cut(there, "c");
                grid.sim.arbiter().cutOff(grid.node(there).id(), 10 * SECOND);
            }
            grid.insertUntil("b", 3 * SECOND);
            grid.sim.heal();
            grid.endsWell();
        });
    }

    /** P28: a grant that was late is as old as the question. */
    @Test
    void lateGrantGivesNoLongerLease() {
        requireFoundBy(BrokenRules.leaseFromReceipt(), rules -> {
            Scenario grid = new Scenario(3, rules);
            grid.hold("c", "a"); // the question
            grid.run(110 * MILLI);
            grid.hold("a", "c"); // and its answer
            grid.open("c", "a");
            grid.run(2 * MILLI);
            grid.isolate("c");
            grid.readOn("c");
            grid.insertUntil("a", 500 * MILLI);
            grid.open("a", "c");
            grid.isolate("c");
            grid.insertUntil("a", 2 * SECOND);
            grid.sim.heal();
            grid.endsWell();
        });
    }

    /** P13: an echo that was late is as old as its beacon. */
    @Test
    void lateEchoGivesNoLongerAuthority() {
        requireFoundBy(BrokenRules.authorityFromReceipt(), rules -> {
            Scenario grid = new Scenario(2, rules);
            grid.hold("b", "a"); // the echo
            grid.run(110 * MILLI);
            grid.isolate("a");
            grid.readOn("a");
            grid.insertUntil("b", 900 * MILLI);
            grid.open("b", "a");
            grid.isolate("a");
            grid.insertUntil("b", 2 * SECOND);
            grid.sim.heal();
            grid.endsWell();
        });
    }

    private interface Steps {
        void run(Rules rules);
    }

    /** The steps keep all invariants, and do not by {@code broken} rules. */
    private static void requireFoundBy(Rules broken, Steps steps) {
        steps.run(new Rules());
        assertThatThrownBy(() -> steps.run(broken)).as("without the rule").isInstanceOf(InvariantViolation.class);
    }

    /** A whole grid whose primary is a, in sync with all others. */
    private static final class Scenario {
        final SimGrid sim;
        final Workload clients;
        final ByteBuffer key;

        Scenario(int nodes, Rules rules) {
            Faults faults = Faults.none(new SplittableRandom(1)).enable(Fault.LOST_UNFORCED, 1);
            sim = new SimGrid(new SplittableRandom(2), faults, SimSettings.of(nodes, rules));
            clients = sim.workload();
            key = clients.keys().get(0);
            sim.start(node("a"));
            require(sim.runUntil(() -> node("a").member().status().role() == Role.PRIMARY, 5 * SECOND));
            sim.nodes().forEach(sim::start);
            require(sim.runUntil(sim::isWhole, 20 * SECOND));
            clients.insert(node("a"), key);
            run(SECOND);
        }

        SimNode node(String name) {
            return sim.node(name);
        }

        SimNode primary() {
            return sim.node(sim.arbiter().current().orElseThrow().primary());
        }

        long epoch() {
            return sim.arbiter().current().orElseThrow().epoch();
        }

        long cv() {
            return sim.arbiter().current().orElseThrow().cv();
        }

        void run(long nanos) {
            sim.run(nanos);
        }

        /** What is sent that way arrives once it is open again; what is sent while it is cut does not. */
        void hold(String from, String to) {
            sim.network().block(node(from).id(), node(to).id(), true);
        }

        void open(String from, String to) {
            sim.network().unblock(node(from).id(), node(to).id());
        }

        void cut(String one, String other) {
            sim.network().block(node(one).id(), node(other).id(), false);
            sim.network().block(node(other).id(), node(one).id(), false);
        }

        /** Neither the others nor the Arbiter can be reached. */
        void isolate(String name) {
            for (SimNode other : sim.nodes()) {
                if (!other.id().value().equals(name)) {
                    cut(name, other.id().value());
                }
            }
            sim.arbiter().cutOff(node(name).id(), 10 * SECOND);
        }

        /** A client there reads the key every two milliseconds. */
        void readOn(String name) {
            sim.clock().after(2 * MILLI, () -> {
                if (node(name).isUp() && !clients.isStopped()) {
                    clients.readNow(node(name), key);
                    readOn(name);
                }
            });
        }

        /** A client there writes the key every 20 milliseconds, for so long. */
        void insertUntil(String name, long nanos) {
            for (long passed = 0; passed < nanos; passed += 20 * MILLI) {
                clients.insert(node(name), key);
                run(20 * MILLI);
            }
        }

        /** Clients on all nodes that run write the key in turn, until they are stopped. */
        void insertOnAll(long eachNanos) {
            insertOnAll(eachNanos, 0);
        }

        private void insertOnAll(long eachNanos, int turn) {
            sim.clock().after(eachNanos, () -> {
                SimNode node = sim.nodes().get(turn % sim.nodes().size());
                if (!clients.isStopped()) {
                    if (node.isUp() && !node.isLeaving()) {
                        clients.insert(node, key);
                        clients.read(node, key);
                    }
                    insertOnAll(eachNanos, turn + 1);
                }
            });
        }

        /** A write that is sent after a while, with a long deadline. */
        History.Write insertLater(String name, long afterNanos, long timeoutNanos) {
            run(afterNanos);
            return clients.insert(node(name), key, timeoutNanos);
        }

        /** The grid becomes whole, all copies are equal, and an order explains all that clients saw. */
        void endsWell() {
            clients.stop();
            require(sim.runUntil(() -> clients.isIdle() && sim.isWhole(), 20 * SECOND));
            sim.invariants().checkEqual(sim.nodes(), clients.keys());
            clients.violation().ifPresent(wrong -> {
                throw new InvariantViolation("Linearizability", wrong);
            });
        }

        private void require(boolean whole) {
            if (!whole) {
                throw new InvariantViolation("Liveness", sim.describe());
            }
        }
    }
}
