package io.kvgrid.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process of a test, with the class path of the tests. Killed by {@link #close}. */
final class Jvm implements AutoCloseable {
    private static final int SECONDS = 60;
    /** Class path entries that only tests need. */
    private static final Pattern TESTS = Pattern.compile("test-classes$|-tests\\.jar$|testkit.target.[^/\\\\]*$"
            + "|(testkit|junit|opentest4j|apiguardian|archunit|assertj|awaitility|byte-buddy)[^/\\\\]*\\.jar$");

    /** Class path entries of the examples themselves and what only they need; Ratis cannot be a module. */
    private static final Pattern EXAMPLES = Pattern.compile(
            "examples.target.[^/\\\\]*$|arbiter-ratis.target.[^/\\\\]*$|(picocli|h2|ratis)-[^/\\\\]*\\.jar$");

    private static final String END = "(end of output)";

    private final Process process;
    private final Writer input;
    private final Path errors;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

    private Jvm(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts {@code main} in the directory {@code home}. */
    static Jvm start(Path home, Class<?> main, String... arguments) throws IOException {
        return start(home, main, List.of("-cp", System.getProperty("java.class.path")), arguments);
    }

    /** Starts {@code main} with kvgrid and all it needs as modules; only the examples stay on the class path. */
    static Jvm startOnModulePath(Path home, Class<?> main) throws IOException {
        Map<Boolean, List<String>> entries = Stream.of(
                        System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !TESTS.matcher(entry).find())
                .collect(Collectors.partitioningBy(
                        entry -> !EXAMPLES.matcher(entry).find()));
        return start(
                home,
                main,
                List.of(
                        "-p", String.join(File.pathSeparator, entries.getOrDefault(true, List.of())),
                        "--add-modules", "io.kvgrid.core,io.kvgrid.transport.netty,io.kvgrid.persistence.file",
                        "-cp", String.join(File.pathSeparator, entries.getOrDefault(false, List.of()))));
    }

    private static Jvm start(Path home, Class<?> main, List<String> paths, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp"))));
        command.addAll(paths);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile(home, main.getSimpleName(), ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(home.toFile()).redirectError(errors.toFile());
        // inherited by the processes that it starts; none lives for long enough that optimizing pays
        builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
        Process process = builder.start();
        Jvm jvm = new Jvm(process, errors);
        Thread reader = new Thread(jvm::read, "output");
        reader.setDaemon(true);
        reader.start();
        return jvm;
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            reader.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add(e.toString());
        }
        output.add(END);
    }

    /** The next line of standard output. */
    String line() throws InterruptedException, IOException {
        String line = output.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(line).as("output; on standard error: %s", errors()).isNotNull();
        return line == null ? END : line;
    }

    /** Sends a line and gives the next one of the output. */
    String ask(String command) throws InterruptedException, IOException {
        send(command);
        return line();
    }

    void send(String command) throws IOException {
        input.write(command + "\n");
        input.flush();
    }

    void endInput() throws IOException {
        input.close();
    }

    /** Waits for its end and gives the exit code. */
    int exitCode() throws InterruptedException, IOException {
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS))
                .as("ended; on standard error: %s", errors())
                .isTrue();
        return process.exitValue();
    }

    /** What is left of its output, once it has ended. */
    List<String> rest() throws InterruptedException, IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.equals(END); line = line()) {
            lines.add(line);
        }
        return lines;
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
