package io.kvgrid.chaos;

import io.kvgrid.chaos.NodeProcess.Answer;
import io.kvgrid.chaos.network.Network;
import io.kvgrid.chaos.node.ChaosNode;
import io.kvgrid.chaos.node.ChaosWitness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** A grid of real processes. One thread starts and ends them; any may ask for those that serve. */
final class ChaosGrid implements AutoCloseable {
    private static final Duration VIEW_TIME = Duration.ofSeconds(2);
    private static final Duration CLOSE_TIME = Duration.ofSeconds(15);
    /** A lease. */
    private static final Duration LASTING = Duration.ofMillis(600);

    private static final Duration POLL = Duration.ofMillis(20);

    private final Topology topology;
    private final Network network;
    private final Path directory;
    private final List<String> jvmOptions;
    private final Map<String, GridNodeRun> running = new ConcurrentSkipListMap<>();

    /** A grid without processes, with its files in {@code directory}. */
    ChaosGrid(Topology topology, Network network, Path directory, List<String> jvmOptions) {
        this.topology = topology;
        this.network = network;
        this.directory = directory;
        this.jvmOptions = List.copyOf(jvmOptions);
    }

    // ---- processes

    /** Starts the process of {@code id}; it joins by itself. */
    void start(String id) throws IOException {
        List<String> command = new ArrayList<>(network.launcher(id));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        if (topology.witness().equals(Optional.of(id))) {
            command.addAll(List.of(ChaosWitness.class.getName(), "--data", data(id).toString()));
        } else {
            command.addAll(List.of(ChaosNode.class.getName(), "--id", id, "--listen", network.address(id)));
            command.addAll(List.of("--data", directory.toString(), "--peers", peers(id)));
        }
        command.addAll(arbiter(id));
        running.put(id, new GridNodeRun(NodeProcess.start(id, command, log(id))));
    }

    private String peers(String id) {
        return topology.data().stream()
                .filter(node -> !node.equals(id))
                .map(network::address)
                .collect(Collectors.joining(","));
    }

    private List<String> arbiter(String id) {
        if (topology.host().isPresent()) {
            String host = topology.host().get();
            return List.of("--host", host.equals(id) ? "self" : network.address(host));
        }
        String voters = topology.processes().stream().map(network::voterAddress).collect(Collectors.joining(","));
        return List.of("--voters", voters, "--voter", network.voterAddress(id));
    }

    /** Starts all processes, the Arbiter's host first, and waits until all are in sync. */
    void startAll(Duration limit) throws IOException, InterruptedException {
        if (topology.host().isPresent()) {
            start(topology.host().get());
            awaitReady(topology.host().get(), limit);
        }
        for (String id : topology.processes()) {
            if (!running.containsKey(id)) {
                start(id);
            }
        }
        awaitWhole(limit);
    }

    /** SIGKILL. Says whether the process died of that. */
    boolean kill(String id) throws InterruptedException {
        GridNodeRun run = run(id);
        boolean killed = run.process().kill();
        running.remove(id);
        return killed;
    }

    /** Has {@code id} close itself. */
    void exit(String id) throws InterruptedException {
        GridNodeRun run = run(id);
        run.closing();
        run.process().exit(CLOSE_TIME);
        running.remove(id);
    }

    /** Deletes what {@code id}, which does not run, has on disk. */
    void wipe(String id) throws IOException {
        Directories.delete(data(id));
    }

    /** The present run of {@code id}. */
    GridNodeRun run(String id) {
        GridNodeRun run = running.get(id);
        if (run == null) {
            throw new IllegalStateException("node " + id + " does not run");
        }
        return run;
    }

    /** The present run of {@code id} if it has said that it serves. */
    Optional<GridNodeRun> serving(String id) {
        return Optional.ofNullable(running.get(id))
                .filter(run -> run.process().ready().isDone() && !run.isClosing());
    }

    /** Any that serves. */
    Optional<GridNodeRun> anyServing(RandomGenerator random) {
        List<GridNodeRun> all =
                topology.data().stream().flatMap(id -> serving(id).stream()).toList();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
    }

    /** Nodes whose process is gone although nobody ended it. */
    List<String> endedByThemselves() {
        return running.values().stream()
                .filter(run -> run.process().endedByItself())
                .map(GridNodeRun::id)
                .toList();
    }

    /** Where {@code id} keeps its data. */
    Path data(String id) {
        return directory.resolve(id);
    }

    /** Where {@code id} writes its log. */
    Path log(String id) {
        return directory.resolve(id + ".log");
    }

    /** What it is made of. */
    Topology topology() {
        return topology;
    }

    /** What its frames travel over. */
    Network network() {
        return network;
    }

    // ---- what the nodes say

    /** How {@code id} sees the grid; empty if it does not answer, or does not run. */
    Optional<NodeView> view(String id) throws InterruptedException {
        GridNodeRun run = running.get(id);
        if (run == null) {
            return Optional.empty();
        }
        try {
            Answer answer = run.process().ask("view").get(VIEW_TIME.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.of(NodeView.parse(answer.text()));
        } catch (TimeoutException | ExecutionException e) {
            return Optional.empty(); // stopped, or dead: it has no view
        }
    }

    /** How all that run and answer see the grid. */
    Map<String, NodeView> views() throws InterruptedException {
        Map<String, NodeView> views = new TreeMap<>();
        for (String id : topology.data()) {
            Optional<NodeView> view = view(id);
            if (view.isPresent()) {
                views.put(id, view.get());
            }
        }
        return views;
    }

    /** Waits until {@code id} serves. */
    void awaitReady(String id, Duration limit) throws InterruptedException {
        try {
            run(id).process().ready().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new ChaosFailure("node " + id + " is not ready within " + limit.toSeconds() + " s: " + e);
        }
    }

    /**
     * Waits until all nodes run, and all say that all are in sync under the same primary (P39), and have said so for a
     * while: a removal may be under way of which nobody knows yet.
     *
     * @return how long that took, in nanoseconds, the while not counted
     */
    long awaitWhole(Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        long wholeSince = start;
        while (System.nanoTime() - wholeSince < LASTING.toNanos()) {
            requireAlive();
            Map<String, NodeView> views = views();
            if (!isWhole(views)) {
                wholeSince = System.nanoTime();
                if (wholeSince - start > limit.toNanos()) {
                    throw new ChaosFailure("the grid is not whole after " + limit.toSeconds() + " s (P39): " + views);
                }
            }
            Thread.sleep(POLL.toMillis());
        }
        return wholeSince - start;
    }

    private boolean isWhole(Map<String, NodeView> views) {
        return views.keySet().containsAll(topology.data())
                && views.values().stream().allMatch(view -> view.inSync().equals(Set.copyOf(topology.data())))
                && views.values().stream().map(NodeView::primary).distinct().count() == 1
                && views.values().stream().map(NodeView::epoch).distinct().count() == 1
                && topology.processes().stream().allMatch(id -> serving(id).isPresent());
    }

    /** @throws ChaosFailure if a process ended by itself */
    void requireAlive() {
        List<String> gone = endedByThemselves();
        if (!gone.isEmpty()) {
            throw new ChaosFailure("processes ended by themselves: " + gone);
        }
    }

    /** Kills what still runs. Idempotent. */
    @Override
    public void close() {
        for (GridNodeRun run : running.values()) {
            try {
                boolean unused = run.process().kill();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UncheckedIOException(new IOException("interrupted while killing " + run.id(), e));
            }
        }
        running.clear();
    }
}
