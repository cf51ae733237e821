package io.kvgrid.examples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A node in a process of its own, spoken to in lines. Its standard error goes to a file. It ends with this process,
 * because its standard input does. One thread asks; another one reads the answers.
 */
public final class NodeProcess {
    /** Far above what any command takes: when it is over, the node hangs. */
    private static final Duration ANSWER_TIME = Duration.ofSeconds(30);

    private static final String END = "";

    private final String id;
    private final Process process;
    private final Writer commands;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private NodeProcess(String id, Process process) {
        this.id = id;
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts a JVM with this one's class path, and returns at once.
     *
     * @param id what messages call it
     * @param main speaks the protocol of {@link io.kvgrid.examples.shell.LineSession}
     * @param log receives its standard error, behind what is there
     */
    public static NodeProcess start(String id, Class<?> main, List<String> arguments, Path log) throws IOException {
        return start(id, List.of("-Xmx256m", "-XX:+UseSerialGC"), main, arguments, log);
    }

    /** As above, with {@code options} for the JVM. */
    public static NodeProcess start(String id, List<String> options, Class<?> main, List<String> arguments, Path log)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        NodeProcess node = new NodeProcess(id, process);
        Thread reader = new Thread(node::readAnswers, "answers-of-" + id);
        reader.setDaemon(true);
        reader.start();
        return node;
    }

    /** The number under which the system knows the process. */
    public long pid() {
        return process.pid();
    }

    /** Completes when the node says that it serves; fails if it ends before. */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    /**
     * Sends one command and waits for its answer.
     *
     * @throws DemoFailedException if the node ended, or does not answer
     */
    public String ask(String command) throws InterruptedException {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new DemoFailedException("node " + id + " takes no commands: " + e.getMessage());
        }
        return nextAnswer(command);
    }

    private String nextAnswer(String command) throws InterruptedException {
        String answer = answers.poll(ANSWER_TIME.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null || answer.equals(END)) {
            throw new DemoFailedException("node " + id
                    + (answer == null ? " does not answer '" : " ended before it answered '") + command + "'");
        }
        return answer;
    }

    /** Ends the process as a loss of power would: SIGKILL where there is one. Waits until it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /**
     * Ends the process gracefully.
     *
     * @throws DemoFailedException if it does not end well
     */
    public void exit() throws InterruptedException {
        String bye = ask("exit");
        if (!process.waitFor(ANSWER_TIME.toMillis(), TimeUnit.MILLISECONDS) || process.exitValue() != 0) {
            throw new DemoFailedException("node " + id + " did not end well after '" + bye + "'");
        }
    }

    private void readAnswers() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.equals("ready")) {
                    ready.complete(null);
                } else {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            answers.add("error " + e.getMessage()); // read by whoever asks next; the end follows
        } finally {
            ready.completeExceptionally(new DemoFailedException("its process ended"));
            answers.add(END);
        }
    }
}
