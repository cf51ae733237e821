package io.kvgrid.core.sim;

import static io.kvgrid.core.sim.Scene.SECOND;

/** Grid time (P36): no clock on any wall moves it. */
final class TimeScenes {
    private static final long YEAR_MILLIS = 365L * 24 * 3600 * 1000;

    private TimeScenes() {}

    /** The primary's wall clock is a year ahead, then a year behind. */
    static void wallClockOfThePrimaryIsAYearWrong(SimParts parts) {
        Scene grid = new Scene(3, parts);
        for (long wrong : new long[] {YEAR_MILLIS, -2 * YEAR_MILLIS}) {
            long before = grid.sim.invariants().log().gridTimeMillis();
            grid.node("a").process().setWallClock(wrong);
            grid.clients.insertExpiring(grid.node("a"), 3_000);
            grid.run(2 * SECOND);
            requireEntries(grid, 2);
            grid.run(4 * SECOND);
            requireEntries(grid, 1);
            requireBetween(grid.sim.invariants().log().gridTimeMillis() - before, 4_000, 7_000);
        }
        grid.endsWell();
    }

    /** The next primary's clocks are five minutes behind; time goes on from what was logged and told. */
    static void nextPrimaryIsFiveMinutesBehind(SimParts parts) {
        Scene grid = new Scene(3, parts);
        grid.node("b").process().setWallClock(-300_000);
        grid.node("c").process().setWallClock(-300_000);
        grid.run(10 * SECOND);
        grid.mustInsert("a", SECOND);
        long before = grid.sim.invariants().log().gridTimeMillis();
        grid.clients.insertExpiring(grid.node("a"), 5_000);
        grid.run(SECOND);
        grid.sim.crash(grid.node("a"));
        grid.mustInsert("b", 5 * SECOND);
        requireBetween(grid.sim.invariants().log().gridTimeMillis() - before, 900, 6_000);
        grid.run(8 * SECOND);
        requireEntries(grid, 1);
        grid.endsWell();
    }

    private static void requireEntries(Scene grid, long count) {
        long entries = grid.sim.invariants().log().entries(Long.MAX_VALUE);
        if (entries != count) {
            throw new InvariantViolation("ExpiredInItsTime", entries + " entries, not " + count);
        }
    }

    private static void requireBetween(long millis, long least, long most) {
        if (millis < least || millis > most) {
            throw new InvariantViolation("GridTimePasses", millis + " ms, not " + least + " to " + most);
        }
    }
}
