package io.kvgrid.examples.shell;

import io.kvgrid.GridNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A conversation about one node: answers each line of input with exactly one line of output, in order. {@code ready}
 * comes first, when the node serves; only a {@code failed} line, or one whose time is up, may overtake it. {@code bye}
 * comes last, after the node was closed.
 *
 * <p>One thread runs the session and writes; a second one only reads lines.
 */
public final class LineSession {
    private static final int LINES_READ_AHEAD = 1024;

    private final GridNode<?, ?> node;
    private final InputStream in;
    private final PrintStream out;
    private final String prompt;
    private final Duration patience;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(LINES_READ_AHEAD);
    private boolean announced;

    /**
     * A session on {@code node}, which it closes.
     *
     * @param prompt written before each line of input; empty when a script is speaking
     * @param patience how long an answer waits for the node to be ready
     */
    public LineSession(GridNode<?, ?> node, InputStream in, PrintStream out, String prompt, Duration patience) {
        this.node = node;
        this.in = in;
        this.out = out;
        this.prompt = prompt;
        this.patience = patience;
    }

    /** A line of input, or its end if {@code line} is null, or just a reason to look at the node. */
    private record Event(boolean input, @Nullable String line) {
        static final Event END = new Event(true, null);
        static final Event WAKE_UP = new Event(false, null);
    }

    /**
     * Talks until the input ends, a command says so, or the node fails to get ready.
     *
     * @param commands answers one line; empty ends the session
     * @return the exit code: 0, or 1 if the node failed to get ready
     */
    public int run(Function<String, Optional<String>> commands) throws InterruptedException {
        var unused = node.ready().whenComplete((ready, failure) -> events.offer(Event.WAKE_UP));
        Thread reader = new Thread(this::readLines, "stdin");
        reader.setDaemon(true);
        reader.start();

        prompt();
        while (true) {
            Event event = events.take();
            if (node.ready().isCompletedExceptionally()) {
                System.err.println("this node could not get ready: "
                        + node.ready().handle((ready, why) -> why).join());
                return 1;
            }
            if (!event.input) {
                awaitReady();
                continue;
            }
            Optional<String> answer = event.line == null ? Optional.empty() : answer(commands, event.line);
            if (answer.isEmpty() || !answer.get().startsWith("failed")) {
                awaitReady();
            }
            if (answer.isEmpty()) {
                node.close();
                write("bye");
                return 0;
            }
            write(answer.get());
            prompt();
        }
    }

    private static Optional<String> answer(Function<String, Optional<String>> commands, String line) {
        try {
            return commands.apply(line);
        } catch (RuntimeException e) {
            return Optional.of(Replies.error(e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    /** Waits for the node at most as long as patience lasts, and says {@code ready} once it is. */
    private void awaitReady() throws InterruptedException {
        if (announced) {
            return;
        }
        try {
            node.ready().get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException | CancellationException e) {
            return; // the answer tells
        }
        announced = true;
        write("ready");
    }

    private void write(String line) {
        out.print(line + "\n"); // not println: the protocol is the same on every system
        out.flush();
    }

    private void prompt() {
        out.print(prompt);
        out.flush();
    }

    private void readLines() {
        try {
            Reader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = readLine(text); line != null; line = readLine(text)) {
                events.put(new Event(true, line));
            }
            events.put(Event.END);
        } catch (IOException e) {
            boolean unused = events.offer(Event.END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Up to the next line feed, which alone ends a line; a carriage return before it is dropped. Null at the end. */
    private static @Nullable String readLine(Reader text) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = text.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = text.read()) {
            line.append((char) c);
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }
}
