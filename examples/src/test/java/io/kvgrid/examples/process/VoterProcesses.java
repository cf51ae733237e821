package io.kvgrid.examples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.arbiter.ratis.GridWitness;
import io.kvgrid.examples.demo.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Voters without data, each in a process of its own. Used by one thread. */
final class VoterProcesses implements AutoCloseable {
    private final List<String> addresses;
    private final Map<String, Process> running = new TreeMap<>();

    VoterProcesses(List<String> addresses) {
        this.addresses = addresses;
    }

    /** Starts the process of that voter, and returns at once. */
    void start(String address, Path home) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                GridWitness.class.getName(),
                "--grid",
                "g",
                "--listen",
                address,
                "--voters",
                String.join(",", addresses),
                "--data",
                directory(address, home).toString());
        Path log = home.resolve(name(address) + ".log");
        running.put(
                address,
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start());
    }

    /** SIGKILL; waits for the end. */
    void kill(String address) throws InterruptedException {
        Process process = running.remove(address);
        if (process != null) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Sends {@code signal}, for example {@code STOP}, and waits until that is done. */
    void signal(String address, String signal) throws IOException, InterruptedException {
        Process process = running.get(address);
        assertThat(process).as("process of %s", address).isNotNull();
        int exit = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(exit).as("kill -%s", signal).isZero();
    }

    /** Removes all that a voter knew, which must not run. */
    void wipe(String address, Path home) throws IOException {
        Directories.delete(directory(address, home));
    }

    /** Whether a voter that was wiped has its vote back. */
    boolean votesAgain(String address, Path home) throws IOException {
        Path record = directory(address, home).resolve("vote.txt");
        return Files.exists(record) && Files.readString(record).contains("\nADDED\n");
    }

    private static Path directory(String address, Path home) {
        return home.resolve(name(address));
    }

    private static String name(String address) {
        return "voter-" + address.replace(':', '_');
    }

    /** Kills what still runs. */
    @Override
    public void close() {
        boolean interrupted = false;
        for (Process process : running.values()) {
            try {
                process.destroyForcibly().waitFor();
            } catch (InterruptedException e) { // killed all the same, but not waited for
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
