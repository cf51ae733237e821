package io.kvgrid.core.sim;

import static io.kvgrid.core.sim.Scene.MILLI;
import static io.kvgrid.core.sim.Scene.SECOND;

import io.kvgrid.testkit.history.History;
import java.util.ArrayList;
import java.util.List;

/**
 * P19: the primary dies while writes of all nodes are on their way: some are on two disks of three, some are committed and
 * nobody has told their client, some never arrived.
 */
final class InFlightScenes {
    private static final int EACH = 10;

    private InFlightScenes() {}

    /** With five seconds each is retried against the next primary, by its id, and applied once. */
    static void allIsRetriedWithinItsDeadline(SimParts parts) {
        Scene grid = new Scene(3, parts);
        List<History.Write> writes = dieWithWritesInFlight(grid, 5 * SECOND);
        grid.await(() -> writes.stream().noneMatch(History.Write::isUnderWay), 5 * SECOND);
        for (History.Write write : writes) {
            long times = grid.sim.invariants().log().timesSet(write.id());
            if (!write.isAcknowledged() || times != 1) {
                throw new InvariantViolation(
                        "RetriedInTime", "write " + write.id() + " ended as " + outcome(write) + ", set " + times);
            }
        }
        grid.endsWell();
    }

    /**
     * With the second that is the default there is no time for that: two leases pass before the next primary commits. A
     * primary that did not answer may have what it was sent, so that each ends unknown. In the end it is there once, or not.
     */
    static void allEndsUnknownAtTheDefaultDeadline(SimParts parts) {
        Scene grid = new Scene(3, parts);
        List<History.Write> writes = dieWithWritesInFlight(grid, SECOND);
        grid.await(() -> writes.stream().noneMatch(History.Write::isUnderWay), SECOND + 50 * MILLI);
        for (History.Write write : writes) {
            if (!write.isUnknown()) {
                throw new InvariantViolation(
                        "OutcomesAreStated", "write " + write.id() + " ended as " + outcome(write) + ", not unknown");
            }
        }
        grid.endsWell();
        long there = 0;
        for (History.Write write : writes) {
            long times = grid.sim.invariants().log().timesSet(write.id());
            if (times > 1) {
                throw new InvariantViolation("AtMostOnce", "write " + write.id() + " was applied " + times + " times");
            }
            there += times;
        }
        require(there > EACH, "what the next primary had on its disk is not there");
    }

    /** What b and c have asked for when a dies; a's own clients die with it. */
    private static List<History.Write> dieWithWritesInFlight(Scene grid, long timeoutNanos) {
        grid.node("c").disk().hold();
        List<History.Write> ofB = insertSome(grid, "b", timeoutNanos);
        grid.run(20 * MILLI); // a and b have them on disk, c does not
        require(ofB.stream().allMatch(History.Write::isUnderWay), "c's disk was not waited for");
        grid.hold("a", "b");
        grid.node("c").disk().release();
        grid.run(20 * MILLI); // committed, and b does not know
        require(
                ofB.stream().allMatch(write -> isSet(grid, write) && write.isUnderWay()),
                "b was told, or not all is set");
        List<History.Write> writes = new ArrayList<>(ofB);

        insertSome(grid, "a", timeoutNanos);
        writes.addAll(insertSome(grid, "b", timeoutNanos));
        writes.addAll(insertSome(grid, "c", timeoutNanos));
        grid.run(20 * MILLI); // on the disks of a and c
        grid.hold("b", "a");
        grid.hold("c", "a");
        writes.addAll(insertSome(grid, "b", timeoutNanos));
        writes.addAll(insertSome(grid, "c", timeoutNanos));
        grid.run(20 * MILLI); // nowhere
        require(writes.stream().allMatch(History.Write::isUnderWay), "not all is under way");
        require(writes.stream().filter(write -> isSet(grid, write)).count() == EACH, "more was committed");
        grid.sim.crash(grid.node("a"));
        return writes;
    }

    private static List<History.Write> insertSome(Scene grid, String name, long timeoutNanos) {
        List<History.Write> writes = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            writes.add(grid.clients.insert(grid.node(name), grid.clients.keys().get(i % 5), timeoutNanos));
        }
        return writes;
    }

    private static boolean isSet(Scene grid, History.Write write) {
        return grid.sim.invariants().log().timesSet(write.id()) > 0;
    }

    private static String outcome(History.Write write) {
        if (write.isAcknowledged()) {
            return "acknowledged";
        }
        return write.isUnknown() ? "unknown" : "not applied";
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new InvariantViolation("Scene", otherwise);
        }
    }
}
