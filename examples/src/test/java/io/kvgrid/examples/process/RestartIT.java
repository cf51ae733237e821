package io.kvgrid.examples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.examples.demo.Fields;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes killed with SIGKILL under load come back with every acknowledged write, on every node. */
@Timeout(120)
class RestartIT {
    private static final int ROUNDS = 3;
    /** Acknowledged through each node before the kill. */
    private static final int WRITES = 2_000;

    /** More than can be inserted before the kill. */
    private static final int ENTRIES = 60_000;

    private static final int OUTSTANDING = 128;

    @TempDir
    private Path directory;

    private ProcessGrid grid;
    private int end;

    @BeforeEach
    void start() throws Exception {
        grid = ProcessGrid.ofThree(directory);
        grid.startAll();
    }

    @AfterEach
    void close() {
        grid.close();
    }

    @Test
    void wholeGridKilledUnderLoadComesBackInAnyOrder() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        System.out.println("orders of death and return by seed " + seed);
        long acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            loadThroughAll();
            for (String id : shuffled(random)) {
                grid.kill(id);
            }
            List<String> order = shuffled(random);
            for (String id : order) {
                grid.start(id);
            }
            for (String id : order) {
                grid.awaitReady(id);
            }
            grid.awaitSettled();

            long now = assertNothingLost();
            assertThat(now - acknowledged).as("acknowledged in round %s", round).isGreaterThanOrEqualTo(3 * WRITES);
            acknowledged = now;
        }
        System.out.println(acknowledged + " acknowledged writes survived " + ROUNDS + " kills of the whole grid");
    }

    /** The first one hosts the Arbiter, which is away with it; of the others one takes over while the killed one is down. */
    @Test
    void killedPrimaryIsReplacedAndComesBack() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String primary = grid.view("a").text("primary");
            List<String> others = new ArrayList<>(grid.ids());
            others.remove(primary);
            Fields before = grid.view(others.get(0));
            loadThroughAll();
            assertThat(grid.ask(primary, "status").text("running")).isEqualTo("true");

            grid.kill(primary);
            grid.start(primary);
            grid.awaitReady(primary);
            grid.awaitSettled();

            String now = grid.view("a").text("primary");
            for (String id : grid.ids()) {
                Fields after = grid.view(id);
                assertThat(after.text("primary")).isEqualTo(now);
                assertThat(after.number("epoch")).isGreaterThan(before.number("epoch"));
            }
            // those that were not killed have gone on: what they began while nobody led has ended in time
            for (String id : others) {
                Fields load = grid.ask(id, "stop");
                assertThat(load.number("longest"))
                        .as("longest insert through %s", id)
                        .isLessThan(1_250);
            }
            grid.awaitSettled();
            assertNothingLost();
        }
    }

    /** Starts inserts through all three nodes, of entries that were not used before, and waits until many are acknowledged. */
    private void loadThroughAll() throws Exception {
        int first = end;
        end += ENTRIES;
        for (String id : grid.ids()) {
            grid.ask(id, "load " + first + " " + end + " " + OUTSTANDING + " 0");
        }
        for (String id : grid.ids()) {
            grid.awaitAcknowledged(id, WRITES);
        }
    }

    private long assertNothingLost() throws Exception {
        long acknowledged = 0;
        for (String id : grid.ids()) {
            acknowledged += grid.assertNothingLost(id, end);
        }
        return acknowledged;
    }

    private List<String> shuffled(Random random) {
        List<String> ids = new ArrayList<>(grid.ids());
        Collections.shuffle(ids, random);
        return ids;
    }
}
