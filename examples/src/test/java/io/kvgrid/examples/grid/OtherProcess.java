package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of a test: a grid of one that keeps its directory until its input ends, or whatever else has a {@code main}. */
final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private OtherProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** A node {@code a} that serves, with its data under {@code dataRoot}. */
    static OtherProcess nodeOn(Path dataRoot) throws IOException {
        OtherProcess node = start(List.of(
                "-cp", System.getProperty("java.class.path"), OtherProcess.class.getName(), dataRoot.toString()));
        node.awaitReady();
        return node;
    }

    /** A newer JVM warns of what Netty and Kryo use before it gets there. */
    private void awaitReady() throws IOException {
        List<String> before = new ArrayList<>();
        for (String line = output.readLine(); !"ready".equals(line); line = output.readLine()) {
            assertThat(line).as("output after %s", before).isNotNull();
            before.add(line);
        }
    }

    /** A JVM with these arguments; its standard error goes with its output. */
    static OtherProcess start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx128m");
        command.addAll(arguments);
        return new OtherProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.toHandle().destroyForcibly(); // the process's own method would close its output
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    /** All that it wrote, once it has ended. */
    List<String> lines() throws InterruptedException {
        List<String> lines = output.lines().toList();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws IOException {
        try (GridNode<String, String> node = GridNode.builder(GridTest.GRID, String.class, String.class)
                .nodeId("a")
                .dataRoot(Path.of(arguments[0]))
                .start()) {
            node.ready().join();
            node.insert("from", "another process").join();
            System.out.println("ready");
            int end = System.in.read();
            assertThat(end).isNegative();
        }
    }
}
