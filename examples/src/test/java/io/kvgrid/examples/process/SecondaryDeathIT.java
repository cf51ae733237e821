package io.kvgrid.examples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.examples.demo.Fields;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A secondary that dies or falls silent delays writes by less than their deadline, and no longer than that (P13(a)). */
@Timeout(120)
class SecondaryDeathIT {
    /** So many inserts begin in a second, whatever becomes of those before. */
    private static final int RATE = 2_000;

    private static final int OUTSTANDING = 10_000;

    /** Of an operation: the default. */
    private static final long DEADLINE_MILLIS = 1_000;

    /** What a busy machine may add between the end of an operation and the moment that its caller hears of it. */
    private static final long SLACK_MILLIS = 250;

    @TempDir
    private Path directory;

    private ProcessGrid grid;

    @BeforeEach
    void startUnderLoad() throws Exception {
        grid = ProcessGrid.ofThree(directory);
        grid.startAll();
        assertThat(grid.view("a").text("primary")).isEqualTo("a");
        // the code is warm before anything is timed
        grid.ask("a", "load 0 20000 256 0");
        grid.awaitAcknowledged("a", 20_000);
        grid.ask("a", "load 20000 2000000 " + OUTSTANDING + " " + RATE);
        grid.awaitAcknowledged("a", RATE / 2);
    }

    @AfterEach
    void end() {
        grid.close();
    }

    @Test
    void killedSecondaryDelaysWritesByLessThanTheirDeadline() throws Exception {
        grid.kill("c");
        grid.awaitInSync("a", Set.of("a", "b"));
        grid.awaitAcknowledged("a", grid.ask("a", "status").number("acknowledged") + RATE);

        grid.start("c");
        grid.awaitReady("c");
        grid.awaitInSync("a", Set.of("a", "b", "c"));

        assertThatWritesWentOn();
    }

    @Test
    void stoppedSecondaryIsRemovedAndComesBackByItself() throws Exception {
        grid.signal("c", "STOP");
        grid.awaitInSync("a", Set.of("a", "b"));
        long acknowledged = grid.ask("a", "status").number("acknowledged") + 3 * RATE;
        grid.awaitAcknowledged("a", acknowledged);

        grid.signal("c", "CONT");
        // it has slept through its removal, and must not answer from what it remembers
        assertThat(grid.ask("c", "read " + (20_000 + RATE) + " a").text("outcome"))
                .isIn("value", "NOT_APPLIED");
        grid.awaitInSync("a", Set.of("a", "b", "c"));

        assertThatWritesWentOn();
    }

    private void assertThatWritesWentOn() throws Exception {
        Fields load = grid.ask("a", "stop");
        System.out.println("writes around the death of a secondary: " + load.values());

        assertThat(load.text("removed")).isEqualTo("true");
        assertThat(load.number("longest")).as("longest insert").isLessThan(DEADLINE_MILLIS + SLACK_MILLIS);
        assertThat(load.number("gap"))
                .as("longest time without an acknowledgement")
                .isLessThan(DEADLINE_MILLIS);
        assertThat(load.number("unknownAfterRemoval")).isZero();
        assertThat(load.number("notApplied")).isZero();
        grid.awaitSettled();
        assertThat(grid.assertNothingLost("a", load.number("begun"))).isEqualTo(20_000 + load.number("acknowledged"));
    }
}
