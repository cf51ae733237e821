package io.kvgrid.examples.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An empty node gets in while the others write as fast as they can (P42). */
class FullLoadJoinIT {
    private static final int LOADED = 50_000;

    @TempDir
    private Path directory;

    @Test
    @Timeout(180)
    void emptyNodeJoinsUnderFullLoad() throws Exception {
        List<String> options = List.of("-Xmx1g", "-XX:+UseSerialGC");
        try (ProcessGrid grid = new ProcessGrid(directory, List.of("a", "b", "c"), options, Duration.ofSeconds(5))) {
            for (String id : List.of("a", "b")) {
                grid.start(id);
                grid.awaitReady(id);
            }
            grid.awaitInSync("a", Set.of("a", "b"));
            for (String id : List.of("a", "b")) {
                grid.ask(id, "load 0 100000000 256 0");
            }
            grid.awaitAcknowledged("a", LOADED);

            long start = System.nanoTime();
            grid.start("c");
            grid.awaitInSync("a", Set.of("a", "b", "c"));
            long millis = (System.nanoTime() - start) / 1_000_000;
            long acknowledged = grid.ask("a", "status").number("acknowledged");
            grid.awaitAcknowledged("a", acknowledged + 10_000);

            System.out.println("joined under full load in " + millis + " ms; "
                    + grid.ask("a", "stop").values());
            grid.ask("b", "stop");
            grid.awaitSettled();
        }
    }
}
