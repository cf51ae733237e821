package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.runtime.LocalMember;
import io.kvgrid.core.wire.HelloCodec;
import io.kvgrid.core.wire.MalformedMessageException;
import io.kvgrid.spi.arbiter.GridConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A whole grid on virtual time: its nodes, what connects them, and what must hold. Used by one thread. */
final class SimGrid {
    private final SplittableRandom random;
    private final SimClock clock = new SimClock();
    private final Trace trace = new Trace();
    private final Faults faults;
    private final SimNetwork network;
    private final SimArbiter arbiter;
    private final List<SimNode> nodes = new ArrayList<>();
    /** These, and a second process with the name of one of them. */
    private final List<SimNode> everyone = new ArrayList<>();

    private @Nullable SimNode twin;
    private final Invariants invariants;
    private final SimSettings settings;
    private final Workload workload;
    private @Nullable InvariantViolation violation;

    SimGrid(SplittableRandom random, Faults faults, SimSettings settings) {
        this.random = random;
        this.faults = faults;
        this.settings = settings;
        invariants = new Invariants(clock, everyone, settings);
        network = new SimNetwork(clock, faults, random.split(), trace, settings.latencyNanos(), this::onHello);
        arbiter = new SimArbiter(
                clock,
                faults,
                random.split(),
                trace,
                invariants::onConfig,
                settings.parts().checksTransitions());
        workload = new Workload(this, random.split(), settings.keys(), settings.coldKeys());
        for (int i = 0; i < settings.nodes(); i++) {
            NodeId id = new NodeId(String.valueOf((char) ('a' + i)));
            nodes.add(new SimNode(id, SimNetwork.address(id), newDisk(id)));
        }
        everyone.addAll(nodes);
    }

    private SimDisk newDisk(NodeId id) {
        return new SimDisk(
                clock,
                id,
                faults,
                random.split(),
                trace,
                record -> recording(() -> invariants.onWritten(record)),
                settings.readsLog());
    }

    private void onHello(SimProcess by, ByteBuffer hello) {
        try {
            UUID storeId = HelloCodec.decode(hello).storeId();
            everyone.stream()
                    .filter(node -> node.isUp() && node.process() == by)
                    .forEach(node -> invariants.onStore(node, storeId));
        } catch (MalformedMessageException e) {
            throw new InvariantViolation("NoException", by.node() + " says a malformed hello", e);
        }
    }

    SimClock clock() {
        return clock;
    }

    Trace trace() {
        return trace;
    }

    Faults faults() {
        return faults;
    }

    SimNetwork network() {
        return network;
    }

    SimArbiter arbiter() {
        return arbiter;
    }

    Invariants invariants() {
        return invariants;
    }

    Workload workload() {
        return workload;
    }

    SimSettings settings() {
        return settings;
    }

    List<SimNode> nodes() {
        return nodes;
    }

    SimNode node(NodeId id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }

    SimNode node(String id) {
        return node(new NodeId(id));
    }

    /** Those that are not lost for good. */
    List<SimNode> living() {
        return nodes.stream().filter(node -> !node.isLost()).toList();
    }

    /** A node that runs, if any does. */
    Optional<SimNode> randomUp(RandomGenerator from) {
        List<SimNode> up = everyone.stream()
                .filter(node -> node.isUp() && !node.isLeaving())
                .toList();
        return up.isEmpty() ? Optional.empty() : Optional.of(up.get(from.nextInt(up.size())));
    }

    // ---- nodes come and go

    /** Starts {@code node}, unless it runs. */
    void start(SimNode node) {
        if (node.isUp() || node.isLost()) {
            return;
        }
        if (faults.enabled(Fault.OLD_DISK_RESTORE) && !node.disk().isRestored()) {
            node.disk().keepImage();
        }
        boolean skewed = faults.strikes(Fault.CLOCK_RATE, 0.8);
        SimProcess process = new SimProcess(clock, node.id(), skewed ? 1 + 0.01 * (2 * random.nextDouble() - 1) : 1);
        trace.add(clock.nowNanos(), node.id().value(), "starts", "", node.runs());
        LocalMember member = SimMembers.start(
                node.id(),
                process,
                settings,
                nodes.stream().map(SimNode::id).toList(),
                settings.parts().persistence().apply(node.disk().attach(process)),
                network.attach(process, node.address()),
                settings.parts().arbiter().apply(arbiter.attach(process)),
                random.split());
        node.started(process, member);
        StatusEvents events = node.events();
        member.onStatusChange(status -> recording(() -> events.onTold(status)));
    }

    void startLater(SimNode node, long afterNanos) {
        clock.after(afterNanos, () -> start(node));
    }

    /** Somebody starts a second process with the name of {@code node}, on an empty disk; one at a time. */
    void startTwin(SimNode node) {
        if (twin == null) {
            SimNode second = new SimNode(node.id(), SimNetwork.twinAddress(node.id()), newDisk(node.id()));
            twin = second;
            node.hasNamesake(true);
            second.hasNamesake(true);
            faults.count(Fault.DUPLICATE_NODE_ID);
            everyone.add(second);
            start(second);
        }
    }

    boolean hasTwin() {
        return twin != null;
    }

    /**
     * Somebody ends one of the two: the one whose disk S does not name, or the second. As long as a change lies at the Arbiter
     * that would name the other one's disk, nobody knows which that is, and somebody looks again a little later.
     */
    void endTwin() {
        SimNode second = twin;
        if (second == null) {
            return;
        }
        boolean named = isNamed(second, arbiter.current());
        if (arbiter.underWay().stream().anyMatch(next -> isNamed(second, Optional.of(next)) != named)) {
            clock.after(100_000_000, () -> {
                if (twin == second) {
                    endTwin();
                }
            });
            return;
        }
        crash(second);
        twin = null;
        everyone.remove(second);
        second.lose();
        SimNode first = node(second.id());
        if (named) {
            crash(first);
            first.disk(second.disk());
            startLater(first, 0);
        } else if (first.hasFailed()) {
            crash(first);
            startLater(first, 0);
        }
        first.hasNamesake(false);
    }

    private static boolean isNamed(SimNode node, Optional<GridConfig> config) {
        return config.flatMap(set -> set.member(node.id()))
                .filter(member ->
                        Optional.of(member.storeId()).equals(node.disk().storeId()))
                .isPresent();
    }

    /** {@code kill -9}. */
    void crash(SimNode node) {
        if (node.isUp()) {
            trace.add(clock.nowNanos(), node.id().value(), "crashes", "", 0);
            stop(node);
        }
    }

    /** Closes {@code node} in order; {@code then} runs when its process has ended. */
    void leave(SimNode node, Runnable then) {
        trace.add(clock.nowNanos(), node.id().value(), "leaves", "", 0);
        SimProcess process = node.process();
        node.leaving();
        var unused = node.member()
                .close(2_000_000_000L)
                .thenRun(() -> process.after(0, () -> {
                    stop(node);
                    then.run();
                }));
    }

    private void stop(SimNode node) {
        SimProcess process = node.process();
        process.kill();
        network.crash(process);
        node.disk().crash();
        node.stopped();
        workload.onCrash(process);
    }

    // ---- time

    /** Lets {@code nanos} pass, checking the invariants after each event. */
    void run(long nanos) {
        long end = clock.nowNanos() + nanos;
        while (step(end)) {
            // all that matters happens in the events
        }
    }

    /** Lets time pass until {@code condition} holds; false if {@code limitNanos} passed before. */
    boolean runUntil(BooleanSupplier condition, long limitNanos) {
        long end = clock.nowNanos() + limitNanos;
        while (!condition.getAsBoolean()) {
            if (!step(end)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    private boolean step(long end) {
        boolean ran = clock.runNext(end);
        if (violation != null) {
            throw violation;
        }
        if (ran) {
            invariants.check();
        }
        return ran;
    }

    /** Runs {@code check} where the code under test would swallow what it throws; {@link #run} throws it. */
    void recording(Runnable check) {
        try {
            check.run();
        } catch (InvariantViolation e) {
            if (violation == null) {
                violation = e;
            }
            throw e;
        }
    }

    /** Somebody looks after nodes that ask for an empty directory, or were shown an Arbiter without its data. */
    private void lookAfterStopped() {
        clock.after(250_000_000, () -> {
            for (SimNode node : nodes) {
                if (node.isRefused()) {
                    crash(node);
                    node.disk().wipe();
                    startLater(node, 0);
                } else if (node.hasFailed() && node.process().isDeceived()) {
                    crash(node);
                    startLater(node, 0);
                }
            }
            lookAfterStopped();
        });
    }

    /** Ends all faults: links open, the Arbiter answers, and whoever is down starts. */
    void heal() {
        faults.stop();
        endTwin();
        lookAfterStopped();
        network.unblockAll();
        arbiter.heal();
        everyone.forEach(node -> node.disk().heal());
        for (SimNode node : nodes) {
            if (node.isUp() && node.hasFailed()) {
                boolean refused = node.isRefused();
                crash(node);
                if (refused) {
                    node.disk().wipe();
                }
            }
            if (!node.isUp()) {
                startLater(node, 0);
            }
        }
    }

    /** The state of all nodes, for messages. */
    String describe() {
        StringBuilder text = new StringBuilder("Arbiter: " + arbiter.current() + ", committed "
                + invariants.log().lastLsn());
        for (SimNode node : nodes) {
            text.append("\n  ")
                    .append(node)
                    .append(", disk ")
                    .append(node.disk().durable().last());
            if (node.isUp()) {
                text.append(", applied ").append(node.member().appliedLsn());
                text.append(", ").append(node.member().status());
            }
            if (node.hasFailed()) {
                text.append(", failed: ").append(node.failure());
            }
        }
        return text.toString();
    }

    /** Whether every node runs once, has a role, is in S and has applied the same as all others. */
    boolean isWhole() {
        Optional<GridConfig> config = arbiter.current();
        return twin == null
                && config.isPresent()
                && nodes.stream()
                        .noneMatch(node -> node.isLost() && config.get().contains(node.id()))
                && living().stream().allMatch(node -> isWhole(node, config.get()));
    }

    private boolean isWhole(SimNode node, GridConfig config) {
        return node.isUp()
                && !node.isLeaving()
                && config.contains(node.id())
                && node.member().status().config().equals(Optional.of(config))
                && node.member().status().role() == (config.primary().equals(node.id()) ? Role.PRIMARY : Role.SECONDARY)
                && node.member().appliedLsn() == invariants.log().lastLsn();
    }
}
