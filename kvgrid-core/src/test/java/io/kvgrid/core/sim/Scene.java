package io.kvgrid.core.sim;

import io.kvgrid.Role;
import io.kvgrid.testkit.history.History;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * A grid that is led through what random runs meet too rarely. It begins with a as its primary. All invariants are checked
 * after each event; what does not come about in time is an {@link InvariantViolation} too.
 */
final class Scene {
    static final long MILLI = 1_000_000;
    static final long SECOND = 1_000 * MILLI;
    static final long LEASE = 600 * MILLI;

    final SimGrid sim;
    final Workload clients;
    final ByteBuffer key;

    /** A whole grid of that many nodes. */
    Scene(int nodes, SimParts parts) {
        this(nodes, nodes, parts);
    }

    /** A grid of which only the first {@code started} nodes run. */
    Scene(int nodes, int started, SimParts parts) {
        Faults faults = Faults.none(new SplittableRandom(1)).enable(Fault.LOST_UNFORCED, 1);
        sim = new SimGrid(new SplittableRandom(2), faults, SimSettings.of(nodes, parts));
        clients = sim.workload();
        key = clients.keys().get(0);
        sim.start(node("a"));
        await(() -> node("a").member().status().role() == Role.PRIMARY, 5 * SECOND);
        List<SimNode> first = new ArrayList<>(sim.nodes().subList(0, started));
        first.forEach(sim::start);
        await(() -> first.stream().allMatch(node -> isInSync(node.id().value())), 20 * SECOND);
        clients.insert(node("a"), key);
        run(SECOND);
    }

    SimNode node(String name) {
        return sim.node(name);
    }

    SimNode primary() {
        return sim.node(sim.arbiter().current().orElseThrow().primary());
    }

    boolean isInSync(String name) {
        return sim.arbiter()
                .current()
                .filter(config -> config.contains(node(name).id()))
                .isPresent();
    }

    boolean isPrimary(String name) {
        return primary().id().value().equals(name);
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

    void await(BooleanSupplier condition, long limitNanos) {
        if (!sim.runUntil(condition, limitNanos)) {
            throw new InvariantViolation("Liveness", sim.describe());
        }
    }

    /** What is sent that way arrives once it is open again; what is sent while it is cut does not. */
    void hold(String from, String to) {
        sim.network().block(node(from).id(), node(to).id(), true);
    }

    void open(String from, String to) {
        sim.network().unblock(node(from).id(), node(to).id());
    }

    void cutOneWay(String from, String to) {
        sim.network().block(node(from).id(), node(to).id(), false);
    }

    void cut(String one, String other) {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Neither the others nor the Arbiter can be reached. */
    void isolate(String name) {
        for (SimNode other : sim.nodes()) {
            if (!other.id().value().equals(name)) {
                cut(name, other.id().value());
            }
        }
        sim.arbiter().cutOff(node(name).id(), 1_000 * SECOND);
    }

    /** A client there reads the key every two milliseconds, if the node can answer at once. */
    void readOn(String name) {
        sim.clock().after(2 * MILLI, () -> {
            if (node(name).isUp() && !clients.isStopped()) {
                var unused = clients.reads().now(node(name), key);
                readOn(name);
            }
        });
    }

    /** A client there writes the key every 20 milliseconds, for so long. */
    void insertUntil(String name, long nanos) {
        for (long passed = 0; passed < nanos; passed += 20 * MILLI) {
            if (node(name).isUp()) {
                clients.insert(node(name), key);
            }
            run(20 * MILLI);
        }
    }

    /** Clients on all nodes that run, closing or not, write and read in all ways in turn, until they are stopped. */
    void operateOnAll(long eachNanos) {
        operateOnAll(eachNanos, 0);
    }

    private void operateOnAll(long eachNanos, int turn) {
        sim.clock().after(eachNanos, () -> {
            int count = sim.nodes().size();
            SimNode node = sim.nodes().get(turn % count);
            if (!clients.isStopped()) {
                if (node.isUp()) {
                    clients.operateInTurn(node, clients.keys().get(1 + turn % count), key, turn / count);
                }
                operateOnAll(eachNanos, turn + 1);
            }
        });
    }

    /** Every operation had its effect or its answer, but for what was asked of a node that had begun to close before. */
    void requireThatNothingFailed() {
        ReadClients reads = clients.reads();
        String failed = String.format(
                Locale.ROOT,
                "writes: %d unknown, %d refused, %d lost with their client; reads: %d refused, %d without an end",
                clients.unknownOutcomes(),
                clients.refused(),
                clients.lost(),
                reads.refused(),
                reads.open());
        if (clients.unknownOutcomes() + clients.refused() + clients.lost() + reads.refused() + reads.open() > 0) {
            throw new InvariantViolation("NothingFails", failed);
        }
    }

    /** A write that is sent after a while, with a long deadline. */
    History.Write insertLater(String name, long afterNanos, long timeoutNanos) {
        run(afterNanos);
        return clients.insert(node(name), key, timeoutNanos);
    }

    /** A write that is acknowledged within {@code limitNanos}. */
    void mustInsert(String name, long limitNanos) {
        History.Write write = clients.insert(node(name), key, limitNanos);
        await(write::isAcknowledged, limitNanos);
    }

    /** All faults end, the grid becomes whole, all copies are equal, and an order explains all that clients saw. */
    void endsWell() {
        sim.heal();
        run(SECOND);
        clients.stop();
        await(() -> clients.isIdle() && sim.isWhole(), 30 * SECOND);
        sim.invariants().checkEqual(sim.nodes(), clients.allKeys());
        clients.violation().ifPresent(wrong -> {
            throw new InvariantViolation("Linearizability", wrong);
        });
    }
}
