package io.kvgrid.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.examples.demo.Fields;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Inserts whose outcome is unknown are repeated with their ids until they are acknowledged, and applied once (P19). */
@Timeout(120)
class UnknownOutcomeIT {
    private static final int ENTRIES = 40_000;
    private static final int OUTSTANDING = 256;

    @TempDir
    private Path directory;

    @Test
    void insertsAreRepeatedUntilTheSecondariesAnswerAgain() throws Exception {
        try (ProcessGrid grid = ProcessGrid.ofThree(directory)) {
            grid.startAll();
            long logged = grid.view("a").number("commit");
            grid.ask("a", "bulk " + ENTRIES + " " + OUTSTANDING);
            awaitBulk(grid, "acknowledged", ENTRIES / 4);

            // one of them is removed; without the other there would be fewer than minInSync (P17)
            for (String id : List.of("b", "c")) {
                grid.signal(id, "STOP");
            }
            awaitBulk(grid, "repeated", OUTSTANDING / 2);
            assertThat(grid.ask("a", "bulk-status").number("acknowledged")).isLessThan(ENTRIES);
            for (String id : List.of("b", "c")) {
                grid.signal(id, "CONT");
            }
            awaitBulk(grid, "acknowledged", ENTRIES);

            Fields load = grid.ask("a", "bulk-status");
            System.out.println("inserts of unknown outcome: " + load.values());
            assertThat(load.number("failed")).isZero();
            grid.awaitSettled();
            for (String id : grid.ids()) {
                assertThat(grid.view(id).number("entries")).isEqualTo(ENTRIES);
            }
            assertThat(grid.view("a").number("commit") - logged)
                    .as("records: one for each insert, however often it was repeated")
                    .isEqualTo(ENTRIES);
        }
    }

    /** Waits until that many are counted, or so many have failed that they never will be. */
    private static void awaitBulk(ProcessGrid grid, String field, long count) {
        await().atMost(ProcessGrid.PATIENCE).until(() -> {
            Fields load = grid.ask("a", "bulk-status");
            return load.number(field) >= count || load.number("failed") > 0;
        });
    }
}
