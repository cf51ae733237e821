package io.kvgrid.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.testkit.history.History;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** A node comes back, and the primary's memory does not reach back to what it has missed (P34). */
class DeltaScenariosTest {
    private static final long SECOND = 1_000_000_000;
    private static final int KEYS = 200;
    private static final int RETAINED_BYTES = 2 << 10;
    private static final int MISSED = 60;

    @BeforeEach
    void beQuiet() {
        MDC.put("simulated", "true");
    }

    @AfterEach
    void sayMore() {
        MDC.remove("simulated");
    }

    @Test
    void itIsSentWhatItMissedFromTheDisk() {
        SimGrid grid = gridThatHasLostAMember(true);
        int installed = grid.node("b").disk().installed();

        comesBack(grid);

        assertThat(grid.node("b").disk().installed()).isEqualTo(installed);
        assertThat(grid.node("a").disk().readRecords()).isBetween(MISSED / 2L, 2L * MISSED);
    }

    @Test
    void itIsSentTheStateIfTheLogIsGone() {
        SimGrid grid = gridThatHasLostAMember(true);
        int installed = grid.node("b").disk().installed();
        grid.node("a").disk().dropAllOld();

        comesBack(grid);

        assertThat(grid.node("b").disk().installed()).isEqualTo(installed + 1);
    }

    @Test
    void itIsSentTheStateIfTheDiskReadsNothingBack() {
        SimGrid grid = gridThatHasLostAMember(false);
        int installed = grid.node("b").disk().installed();

        comesBack(grid);

        assertThat(grid.node("b").disk().installed()).isEqualTo(installed + 1);
        assertThat(grid.node("a").disk().readRecords()).isZero();
    }

    /** Of a and b, which hold all keys, b is down, and a has written more than it keeps in memory. */
    private static SimGrid gridThatHasLostAMember(boolean readsLog) {
        SimGrid grid = new SimGrid(
                new SplittableRandom(1),
                Faults.none(new SplittableRandom(2)),
                new SimSettings(
                        2,
                        KEYS,
                        0,
                        200_000,
                        600_000_000L,
                        1 << 10,
                        64 << 10,
                        RETAINED_BYTES,
                        readsLog,
                        true,
                        SimParts.real()));
        grid.start(grid.node("a"));
        assertThat(grid.runUntil(() -> grid.node("a").member().status().role() == Role.PRIMARY, 5 * SECOND))
                .isTrue();
        grid.start(grid.node("b"));
        assertThat(grid.runUntil(grid::isWhole, 20 * SECOND)).isTrue();
        write(grid, KEYS);
        grid.crash(grid.node("b"));
        assertThat(grid.runUntil(() -> !grid.arbiter().current().orElseThrow().contains(new NodeId("b")), SECOND))
                .isTrue();
        write(grid, MISSED);
        return grid;
    }

    private static void write(SimGrid grid, int count) {
        for (ByteBuffer key : grid.workload().keys().subList(0, count)) {
            History.Write write = grid.workload().insert(grid.node("a"), key);
            assertThat(grid.runUntil(write::isAcknowledged, SECOND)).isTrue();
        }
    }

    private static void comesBack(SimGrid grid) {
        grid.start(grid.node("b"));
        assertThat(grid.runUntil(grid::isWhole, 20 * SECOND)).isTrue();
        grid.invariants().checkEqual(grid.nodes(), grid.workload().keys());
    }
}
