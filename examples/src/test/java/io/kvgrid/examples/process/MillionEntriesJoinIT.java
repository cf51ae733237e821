package io.kvgrid.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.examples.demo.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An empty node joins one that holds a million entries and takes writes, both with little memory (P33, P34, P35). */
class MillionEntriesJoinIT {
    private static final int ENTRIES = 1_000_000;
    private static final int OUTSTANDING = 1_024;

    /** Writes that go on while the joiner gets what is there. */
    private static final int RATE = 1_000;

    private static final int MAX_FRAME_BYTES = 1 << 20;

    @TempDir
    private Path directory;

    @Test
    @Timeout(300)
    void emptyNodeJoinsAMillionEntriesUnderWrites() throws Exception {
        try (ProcessGrid grid = new ProcessGrid(
                directory, List.of("a", "b"), List.of("-Xmx768m", "-XX:+UseSerialGC"), Duration.ofSeconds(10))) {
            grid.start("a");
            grid.awaitReady("a");
            grid.ask("a", "load 0 " + ENTRIES + " " + OUTSTANDING + " 0");
            grid.awaitAcknowledged("a", ENTRIES);
            System.out.println(
                    "a million entries loaded: " + grid.ask("a", "status").values());

            grid.ask("a", "load " + ENTRIES + " " + 2 * ENTRIES + " " + OUTSTANDING + " " + RATE);
            long start = System.nanoTime();
            grid.start("b");
            Set<Long> progress = new TreeSet<>();
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        Fields now = grid.ask("b", "progress");
                        if (now.text("phase").equals("receiving_snapshot")) {
                            progress.add(now.number("records"));
                        }
                        return grid.view("a").names("inSync").contains("b");
                    });
            grid.awaitReady("b");
            long joinMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            Fields load = grid.ask("a", "stop");
            grid.awaitSettled();

            Fields framesOfA = grid.ask("a", "frames");
            Fields framesOfB = grid.ask("b", "frames");
            System.out.println("joined in " + joinMillis + " ms; writes meanwhile " + load.values() + "; "
                    + framesOfA.values() + "; progress seen " + progress);
            assertThat(progress).as("states of progress seen on the joiner").hasSizeGreaterThan(2);
            assertThat(grid.logOf("b")).as("the joiner's log").contains("receiving");
            assertThat(framesOfA.number("largestSent")).isBetween(1L, (long) MAX_FRAME_BYTES);
            assertThat(framesOfB.number("largestReceived")).isBetween(1L, (long) MAX_FRAME_BYTES);
            assertThat(framesOfB.number("largestSent")).isBetween(1L, (long) MAX_FRAME_BYTES);
            assertThat(load.number("acknowledged"))
                    .as("writes that went on")
                    .isEqualTo(load.number("begun") - ENTRIES)
                    .isPositive();
            assertThat(grid.assertNothingLost("a", load.number("begun"))).isEqualTo(load.number("begun"));
            assertThat(grid.view("b").number("entries")).isEqualTo(load.number("begun"));
        }
    }
}
