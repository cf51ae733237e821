package io.kvgrid.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One run of a node in a process of its own. Any thread may ask; answers come as operations end, whatever the network
 * between nodes does, since they travel through pipes. Its standard error goes to a file. It ends when this process
 * does, because its standard input ends.
 */
final class NodeProcess {
    /** An answer and when it arrived here. */
    record Answer(String text, long receivedNanos) {}

    /** What the system says of a process that died of SIGKILL: 128 and the signal's number. */
    private static final int KILLED = 137;

    private record Pause(long fromNanos, long endNanos) {}

    private final String id;
    private final Process process;
    private final Writer commands;
    private final AtomicLong lastTag = new AtomicLong();
    private final Map<String, CompletableFuture<Answer>> asked = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final List<Pause> pauses = new CopyOnWriteArrayList<>();
    private volatile boolean endWanted;
    private volatile boolean ended;

    private NodeProcess(String id, Process process) {
        this.id = id;
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts {@code command}, which speaks as {@link io.kvgrid.chaos.node.ChaosNode} does, and returns at once. */
    static NodeProcess start(String id, List<String> command, Path log) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        NodeProcess node = new NodeProcess(id, process);
        Thread reader = new Thread(node::readAnswers, "answers-of-" + id);
        reader.setDaemon(true);
        reader.start();
        return node;
    }

    /** Which node it is. */
    String id() {
        return id;
    }

    /** Completes when the node says that it serves; fails if it ends before. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Sends one command. The future fails with {@link NodeEndedException} if the process ends before it answers. */
    CompletableFuture<Answer> ask(String command) {
        String tag = Long.toString(lastTag.incrementAndGet());
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        asked.put(tag, answer);
        try {
            synchronized (commands) {
                commands.write(tag + " " + command + "\n");
                commands.flush();
            }
        } catch (IOException e) {
            end(tag);
        }
        if (ended) {
            end(tag);
        }
        return answer;
    }

    private void end(String tag) {
        CompletableFuture<Answer> answer = asked.remove(tag);
        if (answer != null) {
            answer.completeExceptionally(new NodeEndedException(id));
        }
    }

    /**
     * Ends the process as a loss of power would, with SIGKILL, and waits until it is gone.
     *
     * @return whether it died of that signal
     */
    boolean kill() throws InterruptedException {
        endWanted = true;
        process.toHandle().destroyForcibly(); // the process's own method would close its output
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new ChaosFailure("node " + id + " survives SIGKILL");
        }
        return process.exitValue() == KILLED;
    }

    /**
     * Has the node close itself, and waits for its end.
     *
     * @throws ChaosFailure if it does not end well within {@code limit}
     */
    void exit(Duration limit) throws InterruptedException {
        endWanted = true;
        var unused = ask("exit");
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new ChaosFailure("node " + id + " has not closed within " + limit.toSeconds() + " s");
        }
        if (process.exitValue() != 0) {
            throw new ChaosFailure("node " + id + " closed with exit code " + process.exitValue());
        }
    }

    /**
     * Stops the process with SIGSTOP. It is continued after {@code length} by a process of its own, which outlives this
     * one. {@code beforeEnd} is done shortly before that.
     *
     * @return whether the system said then that the process is stopped
     */
    boolean pause(Duration length, Runnable beforeEnd) throws IOException, InterruptedException {
        long from = System.nanoTime();
        int index = pauses.size();
        pauses.add(new Pause(from, Long.MAX_VALUE));
        String seconds = String.format(Locale.ROOT, "%.3f", length.toMillis() / 1e3);
        Process switcher = new ProcessBuilder(
                        "sh", "-c", "kill -STOP $0; sleep $1; kill -CONT $0", Long.toString(process.pid()), seconds)
                .start();
        try {
            TimeUnit.MILLISECONDS.sleep(length.toMillis() * 9 / 10);
            boolean stopped = isStopped();
            beforeEnd.run();
            return stopped;
        } finally {
            switcher.waitFor();
            pauses.set(index, new Pause(from, System.nanoTime()));
        }
    }

    /** As proc(5) has it: the state stands behind the name, which stands in brackets. */
    private boolean isStopped() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
    }

    /** For how long of the given time the process was stopped. */
    long pausedNanos(long fromNanos, long endNanos) {
        return pauses.stream()
                .mapToLong(pause -> Math.min(endNanos, pause.endNanos) - Math.max(fromNanos, pause.fromNanos))
                .filter(nanos -> nanos > 0)
                .sum();
    }

    /** Whether it ended although nobody wanted it to. */
    boolean endedByItself() {
        return ended && !endWanted;
    }

    private void readAnswers() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                long now = System.nanoTime();
                int space = line.indexOf(' ');
                if (space < 0) {
                    ready.complete(null);
                    continue;
                }
                CompletableFuture<Answer> answer = asked.remove(line.substring(0, space));
                if (answer != null) {
                    answer.complete(new Answer(line.substring(space + 1), now));
                }
            }
        } catch (IOException e) {
            System.err.println("reading from node " + id + ": " + e); // what was asked ends below
        } finally {
            ended = true;
            ready.completeExceptionally(new NodeEndedException(id));
            new ArrayList<>(asked.keySet()).forEach(this::end);
        }
    }
}
