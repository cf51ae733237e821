package io.kvgrid.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.HostPort;
import io.kvgrid.examples.demo.Fields;
import io.kvgrid.examples.demo.FreePorts;
import io.kvgrid.examples.demo.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Nodes under test, each in a process of its own on free ports of the loopback address. Used by one thread. */
final class ProcessGrid implements AutoCloseable {
    /** The node that hosts the Arbiter, and the first one to join. */
    static final String HOST = "a";

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final List<String> jvmOptions;
    private final String timeoutMillis;
    private final Map<String, String> addresses = new TreeMap<>();
    private final Map<String, NodeProcess> running = new TreeMap<>();

    /**
     * A grid of which no node runs.
     *
     * @param directory takes data, journals and logs
     * @param jvmOptions of each node
     * @param timeout of each operation
     */
    ProcessGrid(Path directory, List<String> ids, List<String> jvmOptions, Duration timeout) {
        this.directory = directory;
        this.jvmOptions = jvmOptions;
        this.timeoutMillis = String.valueOf(timeout.toMillis());
        int[] ports = FreePorts.find(ids.size());
        for (int i = 0; i < ports.length; i++) {
            addresses.put(ids.get(i), "127.0.0.1:" + ports[i]);
        }
    }

    /** Three nodes with the default deadline, which start fast rather than run fast. */
    static ProcessGrid ofThree(Path directory) {
        List<String> jvmOptions = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
        return new ProcessGrid(directory, List.of("a", "b", "c"), jvmOptions, Duration.ofSeconds(1));
    }

    Set<String> ids() {
        return addresses.keySet();
    }

    /** Where {@code id} listens. */
    int port(String id) {
        return HostPort.parse(addresses.get(id)).getPort();
    }

    /** Starts the process of {@code id}, and returns at once. */
    void start(String id) throws IOException {
        List<String> peers = new ArrayList<>(addresses.values());
        peers.remove(addresses.get(id));
        List<String> arguments = new ArrayList<>(List.of("--grid", "g", "--id", id, "--listen", addresses.get(id)));
        if (!peers.isEmpty()) {
            arguments.addAll(List.of("--peers", String.join(",", peers)));
            arguments.addAll(List.of("--arbiter", id.equals(HOST) ? "hosted" : addresses.get(HOST)));
        }
        arguments.addAll(List.of("--data", directory.resolve(id).toString()));
        arguments.addAll(List.of("--journal", journal(id).toString(), "--timeout", timeoutMillis));
        List<String> options = new ArrayList<>(jvmOptions);
        options.add("-Dlogback.configurationFile=logback.xml");
        running.put(id, NodeProcess.start(id, options, LoadedNode.class, arguments, log(id)));
    }

    /** Starts all nodes, one behind the other, and waits until all are in sync. */
    void startAll() throws Exception {
        for (String id : ids()) {
            start(id);
            awaitReady(id);
        }
        awaitSettled();
    }

    void awaitReady(String id) throws Exception {
        process(id).ready().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private NodeProcess process(String id) {
        NodeProcess process = running.get(id);
        assertThat(process).as("process of node %s", id).isNotNull();
        return process;
    }

    /** SIGKILL; waits for the end. */
    void kill(String id) throws InterruptedException {
        process(id).kill();
        running.remove(id);
    }

    /** Sends {@code signal}, for example {@code STOP}, and waits until that is done. */
    void signal(String id, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder(
                        "kill", "-" + signal, String.valueOf(process(id).pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).as("kill -%s", signal).isZero();
    }

    /** The answer of {@code id} to {@code command}. */
    Fields ask(String id, String command) throws InterruptedException, IOException {
        String answer = process(id).ask(command);
        assertThat(answer)
                .as("answer of %s to '%s'; logs: %s", id, command, logs())
                .doesNotStartWith("error");
        return Fields.parse(answer);
    }

    Fields view(String id) throws InterruptedException, IOException {
        return ask(id, "view");
    }

    /** Waits until {@code id} has acknowledged that many inserts of its present load. */
    void awaitAcknowledged(String id, long count) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> ask(id, "status").number("acknowledged") >= count);
    }

    /** Waits until the in-sync set is as {@code id} sees it. */
    void awaitInSync(String id, Set<String> inSync) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> view(id).names("inSync").equals(inSync));
    }

    /** Waits until all nodes are in sync and show the same writes. */
    void awaitSettled() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(this::isSettled);
    }

    private boolean isSettled() throws InterruptedException, IOException {
        long applied = view(HOST).number("applied");
        for (String id : ids()) {
            Fields view = view(id);
            if (!view.names("inSync").equals(ids())
                    || view.number("applied") != applied
                    || view.number("commit") != applied) {
                return false;
            }
        }
        return true;
    }

    /**
     * Asserts that every node holds every acknowledged insert of {@code owner}, nothing wrong, and the same as the others.
     *
     * @param end above all numbers that were used
     * @return how many were acknowledged
     */
    long assertNothingLost(String owner, long end) throws InterruptedException, IOException {
        String command = "compare " + owner + " " + end + " " + journal(owner);
        Fields first = askServing(HOST, command);
        for (String id : ids()) {
            Fields copy = askServing(id, command);
            assertThat(copy).as("copy of %s beside that of %s", id, HOST).isEqualTo(first);
            assertThat(copy.number("lost"))
                    .as("acknowledged, and lost on %s", id)
                    .isZero();
            assertThat(copy.number("wrong")).as("wrong on %s", id).isZero();
        }
        return first.number("acknowledged");
    }

    /** A busy machine may silence a node for long enough to be removed; it is soon back, and answers then. */
    private Fields askServing(String id, String command) {
        return Fields.parse(await().atMost(PATIENCE)
                .alias(id + " answers '" + command + "'")
                .until(() -> process(id).ask(command), answer -> !answer.startsWith("error")));
    }

    private Path journal(String id) {
        return directory.resolve(id + ".acks");
    }

    private Path log(String id) {
        return directory.resolve(id + ".log");
    }

    /** What {@code id} has logged so far, over all its runs. */
    String logOf(String id) throws IOException {
        return Files.readString(log(id));
    }

    private String logs() throws IOException {
        StringBuilder logs = new StringBuilder();
        for (String id : ids()) {
            logs.append("\n--- ").append(id).append('\n').append(Files.exists(log(id)) ? logOf(id) : "");
        }
        return logs.toString();
    }

    /** Kills what still runs. */
    @Override
    public void close() {
        boolean interrupted = false;
        for (NodeProcess node : running.values()) {
            try {
                node.kill();
            } catch (InterruptedException e) { // killed all the same, but not waited for
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
