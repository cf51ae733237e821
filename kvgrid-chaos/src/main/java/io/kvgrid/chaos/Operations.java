package io.kvgrid.chaos;

import io.kvgrid.chaos.NodeProcess.Answer;
import io.kvgrid.chaos.history.Recorder;
import io.kvgrid.testkit.history.History;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends operations to nodes, waits for their ends, which must come in time, and records both. Thread-safe. */
final class Operations {
    /** Unless a write says otherwise, and for every read: what a grid has as its default. */
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);

    /** What an operation may end late: threads of a busy machine wait for each other. */
    private static final Duration SLACK = Duration.ofMillis(700);

    /** When it is not waited for any longer. */
    private static final Duration HANGS = Duration.ofSeconds(10);

    private final Recorder recorder;
    private final StallMeter stalls;

    Operations(Recorder recorder, StallMeter stalls) {
        this.recorder = recorder;
        this.stalls = stalls;
    }

    /** One write, which may be tried again. */
    record Attempts(History.Write write, String condition, Duration timeout) {
        private String command(String id) {
            String end = " " + timeout.toMillis() + " " + id;
            return write.isRemoval()
                    ? "remove " + write.key() + end
                    : "put " + write.key() + " " + Recorder.value(write) + " " + condition + end;
        }
    }

    /**
     * Tries {@code what} once.
     *
     * @param id repeats that operation; {@code -} is a new one
     * @return the operation's id if it may be repeated and its outcome is unknown
     */
    Optional<String> write(GridNodeRun node, Attempts what, String id) throws InterruptedException {
        long sent = System.nanoTime();
        recorder.sent(what.write, sent);
        Optional<Answer> answer =
                await(node, node.process().ask(what.command(id)), sent, what.timeout, "write of " + what.write.key());
        String[] words = answer.map(Answer::text).orElse("unknown -").split(" ", -1);
        switch (words[0]) {
            case "ack" ->
                recorder.acknowledged(
                        what.write, node.floors(), answer.orElseThrow().receivedNanos(), Long.parseLong(words[1]));
            case "refused" -> recorder.refused(what.write, answer.orElseThrow().receivedNanos());
            case "not-applied" -> recorder.notApplied(what.write);
            default -> {
                expect(words[0].equals("unknown"), node, answer);
                recorder.unknown(what.write);
                return Optional.of(words[1]).filter(known -> !known.equals("-"));
            }
        }
        return Optional.empty();
    }

    /** Sends a write under a key of its own, and returns at once. Completes with whether it was acknowledged. */
    CompletableFuture<Boolean> keep(GridNodeRun node, String key, Duration timeout) {
        String value = "v-" + key;
        return node.process()
                .ask("put " + key + " " + value + " any " + timeout.toMillis() + " -")
                .handle((answer, failure) -> {
                    if (failure == null && answer.text().startsWith("ack ")) {
                        long version = Long.parseLong(answer.text().substring(4));
                        recorder.kept(key, value, version, answer.receivedNanos());
                        return true;
                    }
                    recorder.notKept(failure != null || !answer.text().startsWith("not-applied"));
                    return false;
                });
    }

    /** The same, waiting for its end. */
    void keepAndWait(GridNodeRun node, String key) throws InterruptedException {
        long sent = System.nanoTime();
        CompletableFuture<Answer> end =
                keep(node, key, DEFAULT_TIMEOUT).thenApply(acknowledged -> new Answer("", System.nanoTime()));
        var unused = await(node, end, sent, DEFAULT_TIMEOUT, "write of " + key);
    }

    /** A linearizable read. */
    void read(GridNodeRun node, String key) throws InterruptedException {
        long sent = System.nanoTime();
        recordRead(node, key, sent, node.process().ask("get " + key));
    }

    /** Waits for the end of a linearizable read that was sent before. */
    void recordRead(GridNodeRun node, String key, long sent, CompletableFuture<Answer> asked)
            throws InterruptedException {
        Optional<Answer> answer = await(node, asked, sent, DEFAULT_TIMEOUT, "read of " + key);
        String[] words = answer.map(Answer::text).orElse("not-applied ended").split(" ", -1);
        switch (words[0]) {
            case "value" ->
                recorder.read(
                        key,
                        node.floors(),
                        sent,
                        answer.orElseThrow().receivedNanos(),
                        words[1],
                        Long.parseLong(words[2]));
            case "none" -> recorder.readNothing(key, sent, answer.orElseThrow().receivedNanos());
            default -> {
                expect(words[0].equals("not-applied"), node, answer);
                recorder.readFailed();
            }
        }
    }

    /** A read of the node's own copy. */
    void local(GridNodeRun node, String key) throws InterruptedException {
        long sent = System.nanoTime();
        long floor = recorder.floor(key, node.floors());
        Optional<Answer> answer =
                await(node, node.process().ask("local " + key), sent, DEFAULT_TIMEOUT, "local read of " + key);
        String[] words = answer.map(Answer::text).orElse("not-applied ended").split(" ", -1);
        switch (words[0]) {
            case "value" -> recorder.local(key, node.floors(), floor, words[1], Long.parseLong(words[2]));
            case "none" -> recorder.localNothing(key, floor, Keys.isRemoved(key));
            default -> {
                expect(words[0].equals("not-applied"), node, answer);
                recorder.readFailed();
            }
        }
    }

    private void expect(boolean known, GridNodeRun node, Optional<Answer> answer) {
        if (!known) {
            recorder.violation("node " + node.id() + " answered "
                    + answer.map(Answer::text).orElse("nothing"));
        }
    }

    /** The answer, which must come in time but for the stops of its process; empty if the process ended before. */
    private Optional<Answer> await(
            GridNodeRun node, CompletableFuture<Answer> asked, long sent, Duration timeout, String what)
            throws InterruptedException {
        while (true) {
            try {
                Answer answer = asked.get(100, TimeUnit.MILLISECONDS);
                check(node, sent, answer.receivedNanos(), timeout.plus(SLACK), what);
                return Optional.of(answer);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof NodeEndedException) {
                    return Optional.empty();
                }
                throw new ChaosFailure("cannot tell how the " + what + " ended", e);
            } catch (TimeoutException e) {
                if (!check(node, sent, System.nanoTime(), timeout.plus(HANGS), what + ", which goes on,")) {
                    return Optional.empty();
                }
            }
        }
    }

    private boolean check(GridNodeRun node, long sent, long end, Duration limit, String what) {
        long took = end - sent - node.process().pausedNanos(sent, end) - stalls.forgivenNanos(sent, end);
        if (took <= limit.toNanos() || node.isClosing()) {
            return true;
        }
        recorder.violation(String.format(
                "the %s on node %s took %d ms (%d ms of them stopped, %d stalled), and had %d",
                what,
                node.id(),
                (end - sent) / 1_000_000,
                node.process().pausedNanos(sent, end) / 1_000_000,
                stalls.stalledNanos(sent, end) / 1_000_000,
                limit.toMillis()));
        return false;
    }
}
