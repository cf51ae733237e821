package io.kvgrid.chaos;

import io.kvgrid.chaos.NodeProcess.Answer;
import io.kvgrid.chaos.history.Recorder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** What must hold at the end, when nothing is asked any more. */
final class FinalCheck {
    private static final Duration QUIET = Duration.ofSeconds(15);
    private static final int VERIFY_SECONDS = 60;

    private final ChaosGrid grid;
    private final Keys keys;
    private final Operations operations;
    private final Recorder recorder;

    FinalCheck(ChaosGrid grid, Keys keys, Operations operations, Recorder recorder) {
        this.grid = grid;
        this.keys = keys;
        this.operations = operations;
        this.recorder = recorder;
    }

    /** All nodes run. Checks what they hold, closes them, and checks what they have left on disk. */
    void run() throws IOException, InterruptedException {
        grid.requireAlive();
        awaitQuiet();
        for (String key : keys.allShared()) {
            for (String id : grid.topology().data()) {
                operations.read(grid.run(id), key); // into the history, so that what is lost here shows there
            }
        }
        compare();
        keptIsThere();
        recorder.disorder().ifPresent(recorder::violation);
        for (String id : grid.topology().processes()) {
            grid.exit(id);
        }
        for (String id : grid.topology().data()) {
            verify(grid.data(id));
        }
    }

    private void awaitQuiet() throws InterruptedException {
        long start = System.nanoTime();
        Map<String, NodeView> views = grid.views();
        while (!isQuiet(views)) {
            if (System.nanoTime() - start > QUIET.toNanos()) {
                throw new ChaosFailure("the nodes do not agree on what is committed: " + views);
            }
            Thread.sleep(20);
            views = grid.views();
        }
        if (views.values().stream().mapToLong(NodeView::entries).distinct().count() != 1) {
            recorder.violation("the nodes hold different numbers of entries: " + views);
        }
        if (views.values().stream().mapToLong(NodeView::digest).distinct().count() != 1) {
            recorder.violation("the nodes' states differ at the same write (P38): " + views);
        }
    }

    private boolean isQuiet(Map<String, NodeView> views) {
        return views.keySet().containsAll(grid.topology().data())
                && views.values().stream()
                                .flatMapToLong(
                                        view -> LongStream.of(view.commitLsn(), view.appliedLsn(), view.digestLsn()))
                                .distinct()
                                .count()
                        == 1;
    }

    private void compare() {
        Map<String, String> first = contents(grid.topology().data().get(0), keys.allShared());
        for (String id : grid.topology().data()) {
            Map<String, String> copy = contents(id, keys.allShared());
            first.forEach((key, value) -> {
                if (!value.equals(copy.get(key))) {
                    recorder.violation("copies differ: " + key + " is '" + value + "' on "
                            + grid.topology().data().get(0) + " and '" + copy.get(key) + "' on " + id);
                }
            });
        }
    }

    private void keptIsThere() {
        Map<String, Recorder.Kept> kept = recorder.kept();
        for (String id : grid.topology().data()) {
            Map<String, String> copy = contents(id, List.copyOf(kept.keySet()));
            kept.forEach((key, value) -> {
                String expected = "value " + value.value() + " " + value.version();
                if (!expected.equals(copy.get(key))) {
                    recorder.violation("acknowledged and lost on " + id + ": " + key + " is '" + copy.get(key)
                            + "' and not '" + expected + "'");
                }
            });
        }
    }

    private Map<String, String> contents(String id, List<String> all) {
        Map<String, CompletableFuture<Answer>> asked = new TreeMap<>();
        all.forEach(key -> asked.put(key, grid.run(id).process().ask("local " + key)));
        Map<String, String> contents = new TreeMap<>();
        asked.forEach((key, answer) -> contents.put(
                key,
                answer.orTimeout(QUIET.toSeconds(), TimeUnit.SECONDS).join().text()));
        return contents;
    }

    private void verify(Path directory) throws IOException, InterruptedException {
        Process tool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.kvgrid.persistence.file.LogTool",
                        "verify",
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!tool.waitFor(VERIFY_SECONDS, TimeUnit.SECONDS) || tool.exitValue() != 0) {
            recorder.violation("kvgrid-log verify " + directory + " says: " + output);
        }
    }
}
