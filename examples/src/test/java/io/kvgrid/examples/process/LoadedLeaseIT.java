package io.kvgrid.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.examples.demo.Fields;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whether the default lease leaves healthy members in peace: three processes that share the processors, each inserting and
 * overwriting as fast as it goes, and pausing as its collector likes. For figures: {@code mvn verify -pl examples -am
 * -Dtest=none -Dit.test=LoadedLeaseIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
 * -Dkvgrid.timing=true}.
 */
@EnabledIfSystemProperty(
        named = "kvgrid.timing",
        matches = "true",
        disabledReason = "figures are judged with -Dkvgrid.timing=true where nothing else runs")
class LoadedLeaseIT {
    private static final Duration LOAD = Duration.ofSeconds(Integer.getInteger("kvgrid.seconds", 60));
    private static final int ENTRIES_PER_NODE = Integer.getInteger("kvgrid.entries", 200_000);
    private static final int OUTSTANDING = 256;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseG1GC", "-XX:+UseSerialGC"})
    void noMemberLeavesUnderFullLoad(String collector) throws Exception {
        List<String> jvmOptions = List.of("-Xmx1g", collector);
        try (ProcessGrid grid = new ProcessGrid(directory, List.of("a", "b", "c"), jvmOptions, Duration.ofSeconds(5))) {
            grid.startAll();
            long end = System.nanoTime() + LOAD.toNanos();
            int rounds = 0;
            int disturbed = 0;
            do {
                rounds++;
                disturbed += loadOnce(grid) ? 0 : 1;
            } while (System.nanoTime() - end < 0);

            System.out.printf("LEASE %s: members left in %d of %d rounds%n", collector, disturbed, rounds);
            assertThat(disturbed).isZero();
        }
    }

    /** Every node writes its entries; returns whether all stayed in sync meanwhile. */
    private static boolean loadOnce(ProcessGrid grid) throws IOException, InterruptedException {
        for (String id : grid.ids()) {
            grid.ask(id, "load 0 " + ENTRIES_PER_NODE + " " + OUTSTANDING + " 0");
        }
        boolean undisturbed = true;
        for (String id : grid.ids()) {
            Fields load = await().atMost(ProcessGrid.PATIENCE)
                    .until(
                            () -> grid.ask(id, "status"),
                            status -> status.text("running").equals("false"));
            System.out.println("LEASE " + id + ": " + load.values());
            undisturbed &= load.text("removed").equals("false");
        }
        return undisturbed;
    }
}
