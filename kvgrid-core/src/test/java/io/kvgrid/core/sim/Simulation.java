package io.kvgrid.core.sim;

import io.kvgrid.core.replication.CountingRules;
import io.kvgrid.testkit.history.History;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One grid, one seed: clients and faults for 55 seconds of virtual time, every tenth seed for five minutes, and for at least
 * {@link #OPERATIONS} operations; then no more faults, and the grid has to become whole within {@link #RECOVERY_NANOS}. All invariants are
 * checked after each event, the history of each key at the end. The same seed gives the same run, in any JVM (P37).
 */
final class Simulation {
    private static final long SECOND = 1_000_000_000L;
    private static final long FAULT_NANOS = 55 * SECOND;
    private static final long LONG_FAULT_NANOS = 295 * SECOND;
    private static final long CALM_NANOS = 5 * SECOND;
    private static final long RECOVERY_NANOS = 40 * SECOND;
    private static final long OPERATIONS = 500;

    private final long seed;
    private final SplittableRandom random;
    private final SimGrid grid;

    private Simulation(long seed, SimParts parts, Set<Fault> never) {
        this.seed = seed;
        // the generator's first values are alike for seeds that are close to each other
        this.random = new SplittableRandom(new SplittableRandom(seed).nextLong());
        int[] sizes = {1, 2, 2, 3, 3, 3, 3, 3, 4, 4};
        int nodes = sizes[random.nextInt(sizes.length)];
        Faults faults = Faults.drawn(random.split());
        never.forEach(fault -> faults.enable(fault, 0));
        if (faults.strength(Fault.MANY_JOINERS) > 0.8) {
            nodes += 3;
        }
        boolean readsLog = seed % 3 != 0;
        long latency = 50_000L << random.nextInt(6);
        grid = new SimGrid(
                random.split(),
                faults,
                new SimSettings(
                        nodes,
                        2 + random.nextInt(8),
                        random.nextBoolean() ? 0 : 50 + random.nextInt(100),
                        latency,
                        600_000_000L,
                        2 << 10,
                        64 << 10,
                        (readsLog ? 1L : 4L) << (10 + random.nextInt(4)),
                        readsLog,
                        random.nextInt(5) > 0,
                        parts));
    }

    /**
     * Runs {@code seed}.
     *
     * @throws InvariantViolation if a rule is broken; its message holds the seed, the faults and the end of the trace
     */
    static SimReport run(long seed) {
        return run(seed, SimParts.of(new CountingRules()), Set.of());
    }

    /**
     * Runs {@code seed} on other parts: mutants break one.
     *
     * @param never faults that do not occur, whatever the seed says
     */
    static SimReport run(long seed, SimParts parts, Set<Fault> never) {
        Simulation simulation = new Simulation(seed, parts, never);
        try {
            return QuietLog.during(simulation::run);
        } catch (InvariantViolation e) {
            throw simulation.described(e);
        } catch (RuntimeException e) {
            throw simulation.described(new InvariantViolation("NoException", e.toString(), e));
        }
    }

    private SimReport run() {
        Chaos chaos = new Chaos(grid, random.split());
        Workload workload = grid.workload();
        chaos.start();
        workload.start(40_000_000L + random.nextInt(50_000_000));
        grid.run(seed % 10 == 0 ? LONG_FAULT_NANOS : FAULT_NANOS);
        while (workload.operations() < OPERATIONS) {
            grid.run(SECOND);
        }

        grid.heal();
        grid.run(CALM_NANOS);
        workload.stop();
        if (!grid.runUntil(() -> workload.isIdle() && grid.isWhole(), RECOVERY_NANOS)) {
            throw new InvariantViolation(
                    "Liveness",
                    "not whole " + (CALM_NANOS + RECOVERY_NANOS) / SECOND + " s after the last fault: "
                            + grid.describe());
        }
        proveThatItServes(workload);
        proveThatTimePasses(workload);
        grid.invariants().checkEqual(grid.living(), workload.allKeys());
        workload.violation().ifPresent(wrong -> {
            throw new InvariantViolation("Linearizability", wrong);
        });
        return report(workload);
    }

    /** A whole grid takes a write and answers a read on every node. */
    private void proveThatItServes(Workload workload) {
        for (SimNode node : grid.living()) {
            History.Write write = workload.insert(node, workload.keys().get(0));
            if (!grid.runUntil(() -> !write.isUnderWay(), 2 * SECOND) || !write.isAcknowledged()) {
                throw new InvariantViolation("Liveness", node + " does not write in a whole grid: " + grid.describe());
            }
            workload.reads().linearizable(node, workload.keys().get(0), 2 * SECOND);
        }
        if (!grid.runUntil(() -> workload.isIdle() && grid.isWhole(), 5 * SECOND)) {
            throw new InvariantViolation("Liveness", "does not settle: " + grid.describe());
        }
    }

    /** P36: grid time goes on as fast as time does. */
    private void proveThatTimePasses(Workload workload) {
        long before = grid.invariants().log().gridTimeMillis();
        grid.run(SECOND);
        History.Write write =
                workload.insert(grid.living().get(0), workload.keys().get(0));
        if (!grid.runUntil(write::isAcknowledged, 2 * SECOND)) {
            throw new InvariantViolation("Liveness", "does not write any more: " + grid.describe());
        }
        long passed = grid.invariants().log().gridTimeMillis() - before;
        if (passed < 800 || passed > 3_200) {
            throw new InvariantViolation("GridTimePasses", passed + " ms of grid time in a second");
        }
        grid.runUntil(() -> workload.isIdle() && grid.isWhole(), 5 * SECOND);
    }

    private SimReport report(Workload workload) {
        return new SimReport(
                seed,
                grid.nodes().size(),
                grid.clock().nowNanos(),
                grid.trace().lines(),
                workload.operations(),
                workload.acknowledged(),
                workload.unknownOutcomes(),
                grid.faults().counts(),
                grid.nodes().stream()
                        .mapToLong(node -> node.disk().readRecords())
                        .sum(),
                grid.settings().parts().rules() instanceof CountingRules rules ? rules.comparedDigests() : 0,
                grid.trace().hash());
    }

    private InvariantViolation described(InvariantViolation found) {
        return found.with(String.format(
                Locale.ROOT,
                "again: bash kvgrid-core/simulate.sh %d%nseed %d, %d nodes, at %d ms; %s%n%s%n%s",
                seed,
                seed,
                grid.nodes().size(),
                grid.clock().nowNanos() / 1_000_000,
                grid.faults(),
                grid.describe(),
                String.join("\n", grid.trace().tail())));
    }
}
