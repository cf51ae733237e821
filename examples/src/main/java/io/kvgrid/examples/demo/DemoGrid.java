package io.kvgrid.examples.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Three nodes, each in a process of its own, on free ports of the loopback address; each has a vote in the Arbiter. Their
 * data lies in a temporary directory that {@link #close} removes. Used by one thread; any may close it.
 */
public final class DemoGrid implements AutoCloseable {
    /** The three nodes. */
    public static final List<String> NODES = List.of("a", "b", "c");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LOG_LINES = 40;

    /** More than a fail-over takes, so that writes and reads outlast it. */
    private static final Duration OPERATION_TIME = Duration.ofSeconds(5);

    private final Path directory = Files.createTempDirectory("kvgrid-demo-");
    private final Map<String, String> addresses = new TreeMap<>();
    private final Map<String, NodeProcess> running = new ConcurrentSkipListMap<>();

    /** A grid without nodes. */
    public DemoGrid() throws IOException {
        int[] ports = FreePorts.find(NODES.size());
        for (int i = 0; i < ports.length; i++) {
            addresses.put(NODES.get(i), "127.0.0.1:" + ports[i]);
        }
    }

    /** Where the nodes keep their data. */
    public Path directory() {
        return directory;
    }

    /** Starts the process of {@code id}; it joins by itself. */
    public void start(String id) throws IOException {
        List<String> peers = new ArrayList<>(addresses.values());
        peers.remove(addresses.get(id));
        List<String> arguments = List.of(
                "--grid",
                "demo",
                "--id",
                id,
                "--listen",
                addresses.get(id),
                "--peers",
                String.join(",", peers),
                "--arbiter",
                "ratis",
                "--timeout",
                String.valueOf(OPERATION_TIME.toMillis()),
                "--data",
                directory.resolve(id).toString());
        running.put(id, NodeProcess.start(id, DemoNode.class, arguments, log(id)));
    }

    /** Starts all nodes and waits until all are in sync. */
    public void startAll() throws IOException, InterruptedException {
        for (String id : NODES) {
            start(id);
        }
        for (String id : NODES) {
            awaitReady(id);
        }
        awaitAllInSync();
    }

    /** Who is primary, as {@code id} sees it. */
    public String primary(String id) throws InterruptedException {
        return view(id).text("primary");
    }

    /** Kills the process of {@code id} without warning. */
    public void kill(String id) throws InterruptedException {
        process(id).kill();
        running.remove(id);
    }

    private NodeProcess process(String id) {
        NodeProcess node = running.get(id);
        if (node == null) {
            throw new IllegalStateException("node " + id + " does not run");
        }
        return node;
    }

    /** The answer of {@code id} to {@code command}. */
    String ask(String id, String command) throws InterruptedException {
        return process(id).ask(command);
    }

    /** The answer of {@code id} to {@code command}, which must be of {@code key=value} pairs. */
    Fields fields(String id, String command) throws InterruptedException {
        return fields(id, command, ask(id, command));
    }

    private static Fields fields(String id, String command, String answer) {
        if (answer.startsWith("error")) {
            throw new DemoFailedException("node " + id + " answered '" + command + "' with " + answer);
        }
        return Fields.parse(answer);
    }

    /**
     * As {@link #fields}, for a command that only a serving node answers: a busy machine may silence a node for long enough
     * to be removed for a moment, and it is soon back.
     */
    Fields fieldsOfServing(String id, String command) throws InterruptedException {
        long start = System.nanoTime();
        String answer = ask(id, command);
        while (answer.startsWith("error") && System.nanoTime() - start < PATIENCE.toNanos()) {
            Thread.sleep(50);
            answer = ask(id, command);
        }
        return fields(id, command, answer);
    }

    /**
     * Inserts a part of the source through {@code id}, and waits until it is done.
     *
     * @return inserts per second
     * @throws DemoFailedException if one was not acknowledged
     */
    public double load(String id, int from, int end, int outstanding) throws InterruptedException {
        fields(id, "load " + from + " " + end + " " + outstanding);
        Fields load = fields(id, "status");
        while (load.number("nanos") == 0) {
            Thread.sleep(50);
            load = fields(id, "status");
        }
        if (load.number("acknowledged") != end - from) {
            throw new DemoFailedException("not all inserts were acknowledged: " + load.values());
        }
        return (end - from) * 1e9 / load.number("nanos");
    }

    /** How {@code id} sees the grid. */
    public Fields view(String id) throws InterruptedException {
        return fields(id, "view");
    }

    /** Waits until {@code id} serves. */
    public void awaitReady(String id) throws InterruptedException {
        try {
            process(id).ready().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new DemoFailedException("node " + id + " is not ready after " + PATIENCE.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw new DemoFailedException("node " + id + " did not get ready: " + e.getCause());
        }
    }

    /** Waits until all nodes are in sync and show the same writes. */
    public void awaitAllInSync() throws InterruptedException {
        long start = System.nanoTime();
        List<Fields> views = views();
        while (!settled(views)) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new DemoFailedException("the nodes do not agree: " + views);
            }
            Thread.sleep(50);
            views = views();
        }
    }

    private List<Fields> views() throws InterruptedException {
        List<Fields> views = new ArrayList<>();
        for (String id : NODES) {
            views.add(view(id));
        }
        return views;
    }

    private static boolean settled(List<Fields> views) {
        Fields first = views.get(0);
        return views.stream()
                .allMatch(view -> view.names("inSync").equals(Set.copyOf(NODES))
                        && view.number("applied") == view.number("commit")
                        && view.number("applied") == first.number("applied"));
    }

    /** Ends all processes gracefully. */
    public void exitAll() throws InterruptedException {
        for (String id : List.copyOf(running.keySet())) {
            process(id).exit();
            running.remove(id);
        }
    }

    /** Writes the last lines of every node's log. */
    public void printLogs(PrintStream target) throws IOException {
        for (String id : NODES) {
            if (Files.exists(log(id))) {
                List<String> lines = Files.readAllLines(log(id));
                target.println("--- the end of node " + id + "'s log");
                lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
                        .forEach(target::println);
            }
        }
    }

    private Path log(String id) {
        return directory.resolve(id + ".log");
    }

    /** As {@link #close}, for a shutdown hook, which nobody can tell of a failure but the terminal. */
    public void closeAtShutdown() {
        try {
            close();
        } catch (IOException e) {
            System.err.println("could not remove " + directory + ": " + e);
        }
    }

    /** Kills what still runs and removes all data. Idempotent. */
    @Override
    public void close() throws IOException {
        boolean interrupted = false;
        for (NodeProcess node : running.values()) {
            try {
                node.kill();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        Directories.delete(directory);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
