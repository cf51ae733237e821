package io.kvgrid.chaos;

import io.kvgrid.chaos.Schedule.Planned;
import io.kvgrid.chaos.history.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Lets one fault after the other strike a whole grid, sees what it does, and waits until the grid is whole again. */
final class FaultRunner {
    /** P39: every reachable node is in S again this long after the faults have stopped, JVM start included. */
    private static final Duration WHOLE_AGAIN = Duration.ofSeconds(30);

    private static final Duration NO_WRITES = Duration.ofSeconds(15);

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
    private final Duration longestGap;

    FaultRunner(
            ChaosGrid grid, Keys keys, Operations operations, Recorder recorder, StallMeter stalls, Effects effects) {
        this.grid = grid;
        this.keys = keys;
        this.operations = operations;
        this.recorder = recorder;
        this.stalls = stalls;
        this.effects = effects;
        this.topology = grid.topology();
        this.longestGap = topology.longestGap(topology.election());
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
        return String.format(
                "%-34s %s; %d new primaries; took %.1f s, whole again %.1f s later",
                planned.fault(), what, failOvers, (struck - start) / 1e9, wholeNanos / 1e9);
    }

    private String strike(Planned planned, String primary, String secondary, String third)
            throws IOException, InterruptedException {
        return switch (planned.fault()) {
            case KILL_PRIMARY -> killPrimary(primary, false);
            case KILL_PRIMARY_AND_RESTART_AT_ONCE -> killAndRestartAtOnce(primary);
            case KILL_SECONDARY -> kill(secondary, false);
            case KILL_ALL -> killAll();
            case WIPE_PRIMARY -> killPrimary(primary, true);
            case WIPE_SECONDARY -> kill(secondary, true);
            case STOP_PRIMARY -> stop(primary, planned.millis());
            case STOP_SECONDARY -> stop(secondary, planned.millis());
            case SPLIT_PRIMARY -> split(planned, primary, cuts(primary, topology.others(primary), true, true));
            case SPLIT_FROM_PRIMARY -> split(planned, primary, cuts(primary, topology.others(primary), true, false));
            case SPLIT_TO_PRIMARY -> split(planned, primary, cuts(primary, topology.others(primary), false, true));
            case SPLIT_SECONDARY -> split(planned, secondary, cuts(secondary, topology.others(secondary), true, true));
            case SPLIT_PRIMARY_FROM_ONE -> split(planned, secondary, cuts(primary, List.of(secondary), true, true));
            case SPLIT_TWO_SECONDARIES -> split(planned, secondary, cuts(secondary, List.of(third), true, true));
            case RESTART_PRIMARY -> restart(List.of(primary));
            case RESTART_ALL -> restart(topology.victims());
            case SLOW_PRIMARY -> slow(primary, planned.millis());
            case SLOW_SECONDARY -> slow(secondary, planned.millis());
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
                    .orTimeout(NO_WRITES.toSeconds(), TimeUnit.SECONDS)
                    .join();
            grid.awaitWhole(WHOLE_AGAIN);
        }
        throw new ChaosFailure("the node that is spared cannot hand its role over: " + grid.views());
    }

    private long epoch() throws InterruptedException {
        return grid.views().values().stream().mapToLong(NodeView::epoch).max().orElse(0);
    }

    // ---- kills

    private String killPrimary(String primary, boolean wipe) throws IOException, InterruptedException {
        long gap = killAndAwaitWrite(primary);
        if (wipe) {
            grid.wipe(primary);
        }
        grid.start(primary);
        return "killed " + primary + (wipe ? " and wiped it" : "") + ", first write after " + gap / 1_000_000 + " ms";
    }

    /** Kills the primary and gives the time to the first acknowledged write, which has a bound. */
    long killAndAwaitWrite(String primary) throws InterruptedException {
        long killed = System.nanoTime();
        grid.kill(primary);
        ArbiterProbe arbiter = ArbiterProbe.start(grid);
        long gap = new GapProbe(grid, keys, operations).awaitAcknowledgement(killed, NO_WRITES);
        long arbiterGap = arbiter.awaitAnswers(killed, NO_WRITES);
        effects.gaps().add(gap);
        effects.arbiterGaps().add(arbiterGap);
        judge(
                "after the death of primary " + primary + " the Arbiter did not answer",
                killed,
                arbiterGap,
                topology.election());
        judge(
                "after the death of primary " + primary + " no write was acknowledged",
                killed,
                gap,
                topology.longestGap(Duration.ofNanos(arbiterGap)));
        return gap;
    }

    /** What the machine stalled does not count. */
    private void judge(String what, long fromNanos, long nanos, Duration bound) {
        long stalled = stalls.stalledNanos(fromNanos, fromNanos + nanos);
        if (nanos - stalled > bound.toNanos()) {
            recorder.violation(what + " for " + nanos / 1_000_000 + " ms (" + stalled / 1_000_000
                    + " of them stalled); at most " + bound.toMillis());
        }
    }

    private String killAndRestartAtOnce(String primary) throws IOException, InterruptedException {
        grid.kill(primary);
        grid.start(primary);
        return "killed " + primary + " and started it at once";
    }

    private String kill(String secondary, boolean wipe) throws IOException, InterruptedException {
        long killed = System.nanoTime();
        grid.kill(secondary);
        long gap = new GapProbe(grid, keys, operations).awaitAcknowledgement(killed, NO_WRITES);
        if (wipe) {
            grid.wipe(secondary);
        }
        grid.start(secondary);
        return "killed " + secondary + (wipe ? " and wiped it" : "") + ", first write after " + gap / 1_000_000 + " ms";
    }

    private String killAll() throws IOException, InterruptedException {
        for (String id : topology.victims()) {
            grid.kill(id);
        }
        for (String id : topology.victims()) {
            grid.start(id);
        }
        return "killed " + topology.victims();
    }

    // ---- stops

    private String stop(String node, int millis) throws IOException, InterruptedException {
        Lookout lookout = Lookout.start(grid, node);
        boolean stopped = grid.run(node).process().pause(Duration.ofMillis(millis), () -> readWhileStopped(node));
        boolean noticed = lookout.end();
        effects.noticed(Effects.Kind.STOP, stopped);
        effects.changed(noticed);
        return "stopped " + node + " for " + millis + " ms, " + (noticed ? "which others noticed" : "unnoticed");
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

    private record Cut(String from, String to) {}

    private static List<Cut> cuts(String node, List<String> from, boolean out, boolean in) {
        List<Cut> cuts = new ArrayList<>();
        for (String other : from) {
            if (out) {
                cuts.add(new Cut(node, other));
            }
            if (in) {
                cuts.add(new Cut(other, node));
            }
        }
        return cuts;
    }

    /** Who suffers is {@code node}: it is read from, and the others' views tell what becomes of it. */
    private String split(Planned planned, String node, List<Cut> cuts) throws InterruptedException {
        if (!grid.network().canCut()) {
            effects.skipped(planned.fault());
            return "SKIPPED, since nothing can be cut here";
        }
        Map<String, Long> before = lost();
        Lookout lookout = Lookout.start(grid, node);
        long start = System.nanoTime();
        cuts.forEach(cut -> grid.network().cut(cut.from, cut.to));
        Readers readers = Readers.start(grid.run(node), keys.hot(), operations);
        TimeUnit.MILLISECONDS.sleep(planned.millis());
        long silence = System.nanoTime() - Math.max(start, recorder.lastAcknowledgedNanos());
        grid.network().heal();
        readers.end();
        boolean noticed = lookout.end();
        Map<String, Long> after = lost();
        long packets = after.entrySet().stream()
                .mapToLong(e -> e.getValue() - before.getOrDefault(e.getKey(), 0L))
                .sum();
        effects.lost(packets);
        // a secondary and the witness may have nothing to say to each other
        effects.noticed(Effects.Kind.SPLIT, packets > 0 || planned.fault() == Fault.SPLIT_TWO_SECONDARIES);
        effects.changed(noticed);
        if (silence - stalls.stalledNanos(start, System.nanoTime()) > longestGap.toNanos()) {
            recorder.violation("no write was acknowledged in the last " + silence / 1_000_000 + " ms of "
                    + planned.fault() + " (P41)");
        }
        return "cut " + cuts + " for " + planned.millis() + " ms, " + packets + " packets lost, "
                + (noticed ? "members or primary changed" : "no change of members");
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

    private String slow(String node, int millis) throws InterruptedException {
        Lookout lookout = Lookout.start(grid, node);
        GridNodeRun run = grid.run(node);
        run.process().ask("slow " + SLOW_MILLIS).join();
        TimeUnit.MILLISECONDS.sleep(millis);
        boolean noticed = lookout.end();
        long calls = Long.parseLong(run.process().ask("slow 0").join().text().split(" ", -1)[1]);
        effects.noticed(Effects.Kind.SLOW_DISK, calls > 0);
        return "each append on " + node + " took " + SLOW_MILLIS + " ms more, " + calls + " times, "
                + (noticed ? "members or primary changed" : "no change of members");
    }
}
