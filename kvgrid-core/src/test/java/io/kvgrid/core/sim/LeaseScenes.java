package io.kvgrid.core.sim;

import static io.kvgrid.core.sim.Scene.LEASE;
import static io.kvgrid.core.sim.Scene.MILLI;
import static io.kvgrid.core.sim.Scene.SECOND;

import java.util.List;

/** Where an old value could be read: the waits of P13, P28 and P45, one by one. */
final class LeaseScenes {
    private LeaseScenes() {}

    /** P13: the old primary answers reads for a lease, which the others must not cut short. */
    static void cutOffPrimaryIsNotOvertaken(SimParts parts) {
        Scene grid = new Scene(3, parts);
        grid.readOn("a");
        grid.isolate("a");
        grid.insertUntil("b", 2 * SECOND);
        grid.endsWell();
    }

    /** P13: whoever the old primary has granted a lease at the last moment answers reads for one lease more. */
    static void twoLeasesPassBeforeATakeOverCommits(SimParts parts) {
        Scene grid = new Scene(4, parts);
        grid.readOn("d");
        for (String there : List.of("a", "d")) {
            grid.cut(there, "b");
            grid.cut(there, "c");
            grid.sim.arbiter().cutOff(grid.node(there).id(), 10 * SECOND);
        }
        grid.insertUntil("b", 3 * SECOND);
        grid.endsWell();
    }

    /** P28: a grant that was late is as old as the question. */
    static void lateGrantGivesNoLongerLease(SimParts parts) {
        Scene grid = new Scene(3, parts);
        grid.hold("c", "a"); // the question
        grid.run(110 * MILLI);
        grid.hold("a", "c"); // and its answer
        grid.open("c", "a");
        grid.run(2 * MILLI);
        grid.isolate("c");
        grid.readOn("c");
        grid.insertUntil("a", 500 * MILLI);
        grid.open("a", "c");
        grid.isolate("c");
        grid.insertUntil("a", 2 * SECOND);
        grid.endsWell();
    }

    /** P13: an echo that was late is as old as its beacon. */
    static void lateEchoGivesNoLongerAuthority(SimParts parts) {
        Scene grid = new Scene(2, parts);
        grid.hold("b", "a"); // the echo
        grid.run(110 * MILLI);
        grid.isolate("a");
        grid.readOn("a");
        grid.insertUntil("b", 900 * MILLI);
        grid.open("b", "a");
        grid.isolate("a");
        grid.insertUntil("b", 2 * SECOND);
        grid.endsWell();
    }

    /** P13: whom the predecessor granted a lease just before it handed the role over still has it. */
    static void removalRightAfterAHandOver(SimParts parts) {
        Scene grid = new Scene(3, parts);
        leaseRightBeforeAHandOver(grid);
        grid.await(() -> !grid.isPrimary("a"), SECOND);
        grid.isolate("c");
        grid.insertUntil("b", 2 * SECOND);
        grid.endsWell();
    }

    /** a hands over to b, which it has heard last, and has just granted c a lease, by which c reads. */
    private static void leaseRightBeforeAHandOver(Scene grid) {
        grid.node("c").process().pause(100 * SECOND);
        grid.run(5 * MILLI);
        grid.node("c").process().resume();
        grid.cutOneWay("c", "a");
        grid.run(2 * MILLI);
        grid.readOn("c");
        var unused = grid.node("a").member().handOver();
    }

    /** P45: b takes over, adds d and removes a, which is cut off and could not remove anybody itself. */
    static void cutOffPrimaryAtMinInSyncReadsNothingOld(SimParts parts) {
        Scene grid = new Scene(4, 3, parts);
        grid.isolate("c");
        grid.await(() -> !grid.isInSync("c"), 3 * SECOND); // S is a and b: as small as it may be
        grid.run(LEASE);
        grid.readOn("a");
        grid.isolate("a");
        grid.sim.start(grid.node("d"));
        grid.await(() -> grid.isPrimary("b") && grid.isInSync("d") && !grid.isInSync("a"), 10 * SECOND);
        grid.insertUntil("b", 2 * SECOND);
        grid.endsWell();
    }

    /** P13: a takes over from b, which took over from a, all within two leases; c reads by leases all the while. */
    static void roleGoesAndComesBackWithinTwoLeases(SimParts parts) {
        Scene grid = new Scene(3, parts);
        for (String reader : List.of("a", "b", "c")) {
            grid.readOn(reader);
        }
        for (String next : List.of("b", "a", "b", "a")) {
            SimNode old = grid.primary();
            var unused = old.member().handOver();
            grid.insertUntil("c", 40 * MILLI);
            grid.await(() -> !grid.primary().equals(old), LEASE);
            grid.insertUntil(next, 100 * MILLI);
        }
        grid.insertUntil("c", SECOND);
        grid.endsWell();
    }

    /**
     * P13: a leads, hands over to b, and leads again as soon as it may; c still holds the lease of a's first reign. A former
     * primary counts its own reign like a beacon, or it would be back before c's lease has ended.
     */
    static void roleComesBackAtOnce(SimParts parts) {
        Scene grid = new Scene(3, parts);
        leaseRightBeforeAHandOver(grid);
        grid.await(() -> grid.isPrimary("b"), 100 * MILLI);
        grid.isolate("c");
        grid.sim.crash(grid.node("b")); // before a has heard a beacon
        grid.sim.start(grid.node("b")); // a needs somebody to commit with
        grid.await(() -> grid.isPrimary("a"), 10 * SECOND);
        grid.insertUntil("a", 2 * SECOND);
        grid.endsWell();
    }

    /** P13: two primaries die within two leases of each other; who was left out first may hold a lease still. */
    static void twoPrimariesFailWithinTwoLeases(SimParts parts) {
        Scene grid = new Scene(4, parts);
        grid.readOn("d");
        grid.cut("d", "b");
        grid.cut("d", "c");
        grid.sim.arbiter().cutOff(grid.node("d").id(), 20 * SECOND);
        grid.sim.crash(grid.node("a"));
        long lost = grid.sim.clock().nowNanos();
        grid.await(() -> !grid.isPrimary("a"), 3 * SECOND);
        SimNode second = grid.primary();
        grid.run(50 * MILLI);
        grid.sim.crash(second);
        if (grid.sim.clock().nowNanos() - lost > 2 * LEASE) {
            throw new InvariantViolation("Scene", "the second fail-over came too late to count");
        }
        grid.sim.start(grid.node("a"));
        grid.insertUntil(second.id().value().equals("b") ? "c" : "b", 4 * SECOND);
        grid.endsWell();
    }
}
