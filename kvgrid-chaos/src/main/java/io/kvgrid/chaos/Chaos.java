package io.kvgrid.chaos;

import io.kvgrid.chaos.Schedule.Planned;
import io.kvgrid.chaos.history.Recorder;
import io.kvgrid.chaos.network.Network;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One run: a grid of processes under load, a schedule of faults, and what must hold all the time and at the end. Leaves
 * nothing behind, but the nodes' directories when something was wrong.
 */
final class Chaos {
    private static final Duration START_TIME = Duration.ofSeconds(60);
    private static final int CLIENTS = 12;
    private static final int LOG_LINES = 40;
    private static final List<String> JVM_OPTIONS =
            List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

    private final Topology topology;
    private final long seed;
    private final List<Planned> plan;
    private final PrintStream out;
    private final Recorder recorder = new Recorder();
    private final Keys keys = new Keys();
    private final Effects effects = new Effects();

    /** The faults of {@code plan}, and clients that {@code seed} leads. */
    Chaos(Topology topology, long seed, List<Planned> plan, PrintStream out) {
        this.topology = topology;
        this.seed = seed;
        this.plan = List.copyOf(plan);
        this.out = out;
    }

    /** What happened. */
    Effects effects() {
        return effects;
    }

    /**
     * Runs it all.
     *
     * @throws ChaosFailure if anything was wrong; everything that may explain it has been printed
     */
    void run() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("kvgrid-chaos-");
        out.println("chaos: " + topology + ", seed=" + seed + ", " + plan.size() + " faults, files in " + directory);
        boolean good = false;
        try (StallMeter stalls = StallMeter.start();
                Network network = Network.of(topology.processes(), out);
                ChaosGrid grid = new ChaosGrid(topology, network, directory, JVM_OPTIONS)) {
            Thread cleaner = new Thread(() -> clean(grid, network));
            Runtime.getRuntime().addShutdownHook(cleaner);
            try {
                run(grid, stalls);
                good = true;
            } finally {
                if (!good) {
                    explain(grid);
                }
                Runtime.getRuntime().removeShutdownHook(cleaner);
            }
        } finally {
            if (good) {
                Directories.delete(directory);
            } else {
                out.println("seed=" + seed + "; the nodes' files are kept in " + directory);
            }
        }
    }

    /** For a shutdown in the midst of it. */
    private static void clean(ChaosGrid grid, Network network) {
        grid.close();
        network.close();
    }

    private void run(ChaosGrid grid, StallMeter stalls) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Operations operations = new Operations(recorder, stalls);
        grid.startAll(START_TIME);
        List<Thread> clients = startClients(grid, operations);
        FaultRunner faults = new FaultRunner(grid, keys, operations, recorder, stalls, effects);
        try {
            for (Planned planned : plan) {
                keys.renew();
                out.println(faults.run(planned));
                requireNoViolation();
            }
        } finally {
            clients.forEach(Thread::interrupt);
        }
        for (Thread client : clients) {
            client.join();
        }
        new FinalCheck(grid, keys, operations, recorder).run();
        report(stalls, System.nanoTime() - start);
        requireNoViolation();
    }

    private List<Thread> startClients(ChaosGrid grid, Operations operations) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Thread> clients = new ArrayList<>();
        for (String node : topology.data()) {
            for (int i = 0; i < CLIENTS / topology.data().size(); i++) {
                Thread client = new Thread(
                        new Client(grid, node, keys, operations, recorder, random.split()), "client-of-" + node);
                client.setDaemon(true);
                client.start();
                clients.add(client);
            }
        }
        return clients;
    }

    private void requireNoViolation() {
        List<String> violations = recorder.violations();
        if (!violations.isEmpty()) {
            throw new ChaosFailure(
                    violations.size() + " violations, seed " + seed + "; the first: " + violations.get(0));
        }
    }

    private void report(StallMeter stalls, long tookNanos) {
        out.println(effects);
        out.println(recorder.counts());
        out.println("writes under " + recorder.kept().size() + " keys of their own, all found on every node");
        out.println("from kill -9 of the primary to the first acknowledged write: " + effects.gaps());
        out.println("without what this machine stalled: " + effects.correctedGaps());
        out.println("the longest time without one in each other fault: " + effects.interruptions());
        out.println("after the kills, to answers of the Arbiter to all others: " + effects.arbiterGaps());
        out.printf(
                "chaos: %s seed=%d took_s=%d longest_stall_ms=%d violations=%d%n",
                topology,
                seed,
                tookNanos / 1_000_000_000,
                stalls.longestNanos() / 1_000_000,
                recorder.violations().size());
    }

    private void explain(ChaosGrid grid) throws IOException {
        out.println("what went wrong, seed " + seed + ":");
        recorder.violations().forEach(out::println);
        for (String id : topology.processes()) {
            if (Files.exists(grid.log(id))) {
                List<String> lines = Files.readAllLines(grid.log(id));
                out.println("--- the end of node " + id + "'s log");
                lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
                        .forEach(out::println);
            }
        }
    }
}
