package io.kvgrid.chaos;

import io.kvgrid.chaos.Effects.Observed;
import io.kvgrid.chaos.Interruption.Arbiters;
import io.kvgrid.chaos.Interruption.Length;
import io.kvgrid.chaos.Lookout.Change;
import io.kvgrid.chaos.Schedule.Planned;
import io.kvgrid.chaos.history.Gap;
import io.kvgrid.chaos.history.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Lets one fault after the other strike a whole grid, sees what it does, and waits until the grid is whole again. */
final class FaultRunner {
    /** P39: every reachable node is in S again this long after the faults have stopped, JVM start included. */
    private static final Duration WHOLE_AGAIN = Duration.ofSeconds(30);

    /** Stops that are shorter may end before anybody is removed. */
    private static final int LONG_STOP_MILLIS = 3_000;

    /** Reads sent to a stopped process, to be answered by what it believes when it goes on. */
    private static final int READS_WHILE_STOPPED = 30;

    /** One append takes longer than a lease: whose disk is that slow is not waited for (P40). */
    private static final int SLOW_MILLIS = 1_000;

    private final ChaosGrid grid;
    private final Topology topology;
    private final Keys keys;
    private final Operations operations;
    private final Recorder recorder;
    private final StallMeter stalls;
    private final Effects effects;

    FaultRunner(
            ChaosGrid grid, Keys keys, Operations operations, Recorder recorder, StallMeter stalls, Effects effects) {
        this.grid = grid;
        this.keys = keys;
        this.operations = operations;
        this.recorder = recorder;
        this.stalls = stalls;
        this.effects = effects;
        this.topology = grid.topology();
    }

    /** Strikes, and waits for the end. Returns a line about it. */
    String run(Planned planned) throws IOException, InterruptedException {
        String primary = primaryAmongVictims();
        List<String> secondaries = new ArrayList<>(topology.victims());
        secondaries.remove(primary);
        String secondary = secondaries.remove(planned.choice() % secondaries.size());
        String third = secondaries.isEmpty() ? topology.witness().orElseThrow() : secondaries.get(0);
        long epoch = epoch();
        long start = System.nanoTime();
        String what = strike(planned, primary, secondary, third);
        long struck = System.nanoTime();
        long wholeNanos = grid.awaitWhole(WHOLE_AGAIN);
        effects.happened(planned.fault());
        long failOvers = epoch() - epoch;
        effects.failedOver(failOvers);
        if (failOvers > 0) { // also of those that were started again before anybody was missed (P6)
            effects.saw(Observed.NEW_PRIMARY_AFTER_KILL, planned.fault().killsOfPrimary());
        }
        return String.format(
                "%-34s %s; %d new primaries; took %.1f s, whole again %.1f s later",
                planned.fault(), what, failOvers, (struck - start) / 1e9, wholeNanos / 1e9);
    }

    private String strike(Planned planned, String primary, String secondary, String third)
            throws IOException, InterruptedException {
        List<String> notPrimary = topology.others(primary);
        return switch (planned.fault()) {
            case KILL_PRIMARY -> killOne(planned, primary, Change.REPLACED, false);
            case KILL_PRIMARY_AND_RESTART_AT_ONCE -> killAndRestartAtOnce(primary);
            case KILL_SECONDARY -> killOne(planned, secondary, Change.REMOVED, false);
            case KILL_ALL -> killAll();
            case WIPE_PRIMARY -> killOne(planned, primary, Change.REPLACED, true);
            case WIPE_SECONDARY -> killOne(planned, secondary, Change.REMOVED, true);
            case STOP_PRIMARY -> stop(planned, primary, Change.REPLACED);
            case STOP_SECONDARY -> stop(planned, secondary, Change.REMOVED);
            case SPLIT_PRIMARY -> splitOff(planned, primary, Cut.between(primary, notPrimary), Change.REPLACED);
            case SPLIT_FROM_PRIMARY -> splitOff(planned, primary, Cut.from(primary, notPrimary), Change.REPLACED);
            case SPLIT_TO_PRIMARY -> splitOff(planned, primary, Cut.to(primary, notPrimary), Change.REPLACED);
            case SPLIT_SECONDARY ->
                splitOff(planned, secondary, Cut.between(secondary, topology.others(secondary)), Change.REMOVED);
            case SPLIT_PRIMARY_FROM_ONE ->
                split(
                        planned,
                        secondary,
                        Cut.between(primary, List.of(secondary)),
                        topology.data(),
                        Arbiters.ONE,
                        Optional.of(Change.ANY));
            case SPLIT_TWO_SECONDARIES ->
                split(
                        planned,
                        secondary,
                        Cut.between(secondary, List.of(third)),
                        topology.data(),
                        Arbiters.ONE,
                        Optional.empty());
            case RESTART_PRIMARY -> restart(List.of(primary));
            case RESTART_ALL -> restart(topology.victims());
            case SLOW_PRIMARY -> slow(planned, primary, Change.REPLACED);
            case SLOW_SECONDARY -> slow(planned, secondary, Change.REMOVED);
        };
    }

    /** The spared node hands the role over if it has it. */
    private String primaryAmongVictims() throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            String primary = grid.views().values().iterator().next().primary();
            if (topology.victims().contains(primary)) {
                return primary;
            }
            grid.run(primary)
                    .process()
                    .ask("handover")
                    .orTimeout(Interruption.LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            grid.awaitWhole(WHOLE_AGAIN);
        }
        throw new ChaosFailure("the node that is spared cannot hand its role over: " + grid.views());
    }

    private long epoch() throws InterruptedException {
        return grid.views().values().stream().mapToLong(NodeView::epoch).max().orElse(0);
    }

    private Interruption begin(List<String> left) {
        return Interruption.begin(grid, recorder, stalls, left);
    }

    private List<String> dataBut(String node) {
        return topology.data().stream().filter(other -> !other.equals(node)).toList();
    }

    /** Whoever was away for longer than writes may stop has been removed or replaced: that is what they waited for. */
    private void requireChange(String what, Lookout lookout, Change change, long millis, Length length) {
        if (millis * 1_000_000L > length.boundNanos() && !lookout.saw(change)) {
            recorder.violation(what + " for " + millis + " ms, and the others did not see it " + change);
        }
    }

    // ---- kills

    private String killOne(Planned planned, String node, Change change, boolean wipe)
            throws IOException, InterruptedException {
        Lookout lookout = Lookout.start(grid, node, epoch());
        long killed = System.nanoTime();
        kill(node);
        Interruption interruption = begin(dataBut(node));
        Gap gap = new GapProbe(grid, keys, operations).awaitAcknowledgement(killed, Interruption.LIMIT);
        Length length = interruption.end(planned.fault() + " of " + node, gap);
        boolean changed = lookout.await(change, Interruption.LIMIT); // P11: or the write was not everywhere
        String seen = lookout.end();
        if (change == Change.REPLACED) {
            effects.failOver(length);
        } else {
            effects.interrupted(length);
            effects.saw(Observed.REMOVAL_AFTER_KILL, changed ? 1 : 0);
        }
        if (!changed) {
            recorder.violation("killed " + node + ", writes go on, and it was not " + change);
        }
        if (wipe) {
            grid.wipe(node);
        }
        grid.start(node);
        return "killed " + node + (wipe ? " and wiped it, " : ", ") + length + ", " + seen;
    }

    private void kill(String node) throws InterruptedException {
        effects.saw(Observed.KILLED, grid.kill(node) ? 1 : 0);
    }

    private String killAndRestartAtOnce(String primary) throws IOException, InterruptedException {
        kill(primary);
        grid.start(primary);
        return "killed " + primary + " and started it at once";
    }

    private String killAll() throws IOException, InterruptedException {
        for (String id : topology.victims()) {
            kill(id);
        }
        for (String id : topology.victims()) {
            grid.start(id);
        }
        return "killed " + topology.victims();
    }

    // ---- stops

    private String stop(Planned planned, String node, Change change) throws IOException, InterruptedException {
        int millis = planned.millis();
        Lookout lookout = Lookout.start(grid, node, epoch());
        Interruption interruption = begin(dataBut(node));
        boolean stopped = grid.run(node).process().pause(Duration.ofMillis(millis), () -> readWhileStopped(node));
        Length length = interruption.end(planned.fault() + " of " + node, Arbiters.ALL, Duration.ZERO);
        String seen = lookout.end();
        effects.saw(Observed.STOPPED, stopped ? 1 : 0);
        effects.interrupted(length);
        if (millis >= LONG_STOP_MILLIS) {
            requireChange("stopped " + node, lookout, change, millis, length);
        }
        return "stopped " + node + " for " + millis + " ms, " + length + ", " + seen;
    }

    /** Writes have gone on elsewhere for long; what is sent now must not be answered by what was true before (P27). */
    private void readWhileStopped(String node) {
        GridNodeRun run = grid.run(node);
        List<String> hot = keys.hot();
        for (int i = 0; i < READS_WHILE_STOPPED; i++) {
            String key = hot.get(i % hot.size());
            long sent = System.nanoTime();
            var answer = run.process().ask("get " + key);
            Thread reader = new Thread(
                    () -> {
                        try {
                            operations.recordRead(run, key, sent, answer);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    "read-while-stopped");
            reader.setDaemon(true);
            reader.start();
        }
    }

    // ---- splits

    /** Nobody hears {@code node}, or it hears nobody, or both; all others hear each other, and go on. */
    private String splitOff(Planned planned, String node, List<Cut> cuts, Change change) throws InterruptedException {
        return split(planned, node, cuts, dataBut(node), Arbiters.ALL, Optional.of(change));
    }

    /** Who suffers is {@code node}: it is read from, and the others' views tell what becomes of it. */
    private String split(
            Planned planned, String node, List<Cut> cuts, List<String> left, Arbiters whose, Optional<Change> change)
            throws InterruptedException {
        if (!grid.network().canCut()) {
            effects.skipped(planned.fault());
            return "SKIPPED, since nothing can be cut here";
        }
        Map<String, Long> before = lost();
        Lookout lookout = Lookout.start(grid, node, epoch());
        Interruption interruption = begin(left);
        cuts.forEach(cut -> grid.network().cut(cut.from(), cut.to()));
        Readers readers = Readers.start(grid.run(node), keys.hot(), operations);
        TimeUnit.MILLISECONDS.sleep(planned.millis());
        grid.network().heal();
        Length length = interruption.end(planned.fault() + " at " + node, whose, Duration.ZERO);
        readers.end();
        String seen = lookout.end();
        Map<String, Long> after = lost();
        long packets = after.entrySet().stream()
                .mapToLong(e -> e.getValue() - before.getOrDefault(e.getKey(), 0L))
                .sum();
        effects.lost(packets);
        effects.interrupted(length);
        // a secondary and the witness may have nothing to say to each other
        effects.saw(Observed.CUT, packets > 0 || planned.fault() == Fault.SPLIT_TWO_SECONDARIES ? 1 : 0);
        change.ifPresent(required -> requireChange("cut " + cuts, lookout, required, planned.millis(), length));
        return "cut " + cuts + " for " + planned.millis() + " ms, " + packets + " packets lost, " + length + ", "
                + seen;
    }

    private Map<String, Long> lost() {
        Map<String, Long> lost = new TreeMap<>();
        topology.processes().forEach(id -> lost.put(id, grid.network().lost(id)));
        return lost;
    }

    // ---- restarts and disks

    private String restart(List<String> nodes) throws IOException, InterruptedException {
        for (String id : nodes) {
            grid.exit(id);
            grid.start(id);
            grid.awaitWhole(WHOLE_AGAIN);
        }
        return "restarted " + nodes + " gracefully";
    }

    /** P40: whose disk stands still for a lease is given up; that of a primary is first seen by itself, then by the next one. */
    private String slow(Planned planned, String node, Change change) throws InterruptedException {
        Lookout lookout = Lookout.start(grid, node, epoch());
        Interruption interruption = begin(topology.data());
        GridNodeRun run = grid.run(node);
        run.process().ask("slow " + SLOW_MILLIS).join();
        TimeUnit.MILLISECONDS.sleep(planned.millis());
        long calls = Long.parseLong(run.process().ask("slow 0").join().text().split(" ", -1)[1]);
        Duration noticing = Topology.LEASE.multipliedBy(change == Change.REPLACED ? 2 : 1);
        Length length = interruption.end(planned.fault() + " of " + node, Arbiters.ALL, noticing);
        String seen = lookout.end();
        effects.saw(Observed.SLOWED, calls > 0 ? 1 : 0);
        effects.interrupted(length);
        requireChange("slowed the disk of " + node, lookout, change, planned.millis(), length);
        return "each append on " + node + " took " + SLOW_MILLIS + " ms more, " + calls + " times in "
                + planned.millis() + " ms, " + length + ", " + seen;
    }
}
