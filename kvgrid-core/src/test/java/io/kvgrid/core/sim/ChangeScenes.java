package io.kvgrid.core.sim;

import static io.kvgrid.core.sim.Scene.LEASE;
import static io.kvgrid.core.sim.Scene.MILLI;
import static io.kvgrid.core.sim.Scene.SECOND;

import io.kvgrid.OperationId;
import io.kvgrid.core.message.MessageType;
import java.util.UUID;

/** Changes of S and of the primary that follow each other closely, or whose answers are late. */
final class ChangeScenes {
    private ChangeScenes() {}

    /** P11, P35: what was acknowledged before, during and after the join, the joiner has when it leads. */
    static void joinerTakesOverRightAfterARemoval(SimParts parts) {
        Scene grid = new Scene(3, 2, parts);
        grid.clients.start(3 * MILLI);
        grid.sim.start(grid.node("c"));
        grid.await(() -> grid.isInSync("c"), 5 * SECOND);
        grid.isolate("b");
        grid.await(() -> !grid.isInSync("b"), 3 * SECOND);
        grid.isolate("a");
        grid.sim.network().unblockAll();
        grid.isolate("a");
        grid.sim.arbiter().heal();
        grid.sim.arbiter().cutOff(grid.node("a").id(), 20 * SECOND);
        grid.await(() -> grid.isPrimary("c"), 5 * SECOND);
        grid.run(3 * SECOND);
        grid.endsWell();
    }

    /** P13, P35: the joiner may be needed for what the next primary commits before the old one knew that it is in S. */
    static void joinRightBeforeATakeOver(SimParts parts) {
        Scene grid = new Scene(3, 2, parts);
        grid.clients.start(3 * MILLI);
        grid.sim.start(grid.node("c"));
        grid.await(() -> grid.isInSync("c"), 5 * SECOND);
        grid.sim.crash(grid.node("a")); // before it has heard that the Arbiter took its proposal
        grid.await(() -> !grid.isPrimary("a"), 5 * SECOND);
        grid.run(2 * SECOND);
        grid.mustInsert("b", 5 * SECOND);
        grid.endsWell();
    }

    /** P13: the proposal to take over lies at the Arbiter for long, and the old primary's beacons come through again. */
    static void takeOverIsSlowAndTheOldPrimaryIsHeardAgain(SimParts parts) {
        Scene grid = new Scene(3, parts);
        grid.readOn("a");
        grid.sim.arbiter().cutOff(grid.node("a").id(), 20 * SECOND); // or it would remove the others
        grid.sim.arbiter().delay(grid.node("b").id(), 900 * MILLI);
        grid.sim.arbiter().delay(grid.node("c").id(), 5 * SECOND);
        grid.cutOneWay("a", "b");
        grid.cutOneWay("a", "c");
        grid.run(LEASE + 300 * MILLI); // b has asked
        grid.open("a", "b");
        grid.open("a", "c");
        grid.await(() -> grid.isPrimary("b"), 3 * SECOND);
        grid.isolate("a"); // before anybody can tell it
        grid.sim.arbiter().delay(grid.node("b").id(), 0);
        grid.insertUntil("b", 2 * SECOND);
        grid.endsWell();
    }

    /** P4, P11: a read that still shows the old cv does not settle an addition; it is made later, without a record missing. */
    static void additionIsMadeAfterAReadOfTheOldCv(SimParts parts) {
        Scene grid = new Scene(2, 1, parts);
        grid.sim.arbiter().losesAnswers(grid.node("a").id(), 1500 * MILLI);
        grid.sim.start(grid.node("b"));
        grid.await(() -> grid.sim.arbiter().lostAnswers() > 0, 5 * SECOND);
        grid.sim.arbiter().losesAnswers(grid.node("a").id(), 0);
        grid.cut("a", "b"); // b gets nothing more, and is added all the same
        grid.insertUntil("a", 3 * SECOND);
        grid.endsWell();
    }

    /** P16: a question that has been answered in this epoch cuts nothing when it comes again. */
    static void lateReconciliationCutsNothing(SimParts parts) {
        Scene grid = new Scene(3, parts);
        grid.sim.network().keeps(MessageType.RECONCILE);
        var unused = grid.node("a").member().handOver(); // another epoch, in which S stays as it is
        grid.await(() -> !grid.isPrimary("a"), SECOND);
        SimNode primary = grid.primary();
        SimNode other = grid.node(grid.isPrimary("b") ? "c" : "b");
        grid.insertUntil(primary.id().value(), 200 * MILLI);
        grid.sim.network().replayKept(primary.id(), other.id());
        grid.insertUntil(primary.id().value(), 200 * MILLI);
        grid.sim.crash(primary);
        grid.insertUntil(other.id().value(), 3 * SECOND);
        grid.endsWell();
    }

    /** P19: what is too old to be known is refused, not carried out once more. */
    static void operationBelowTheFloorIsRefused(SimParts parts) {
        Scene grid = new Scene(2, parts);
        UUID client = new UUID(4, 2);
        for (long number = 0; number <= 1_100; number++) {
            grid.clients.insertAs(grid.node("a"), grid.key, new OperationId(client, number));
            if (number % 20 == 0) {
                grid.run(20 * MILLI);
            }
        }
        grid.run(SECOND);
        grid.clients.insertAs(grid.node("b"), grid.key, new OperationId(client, 0));
        grid.run(SECOND);
        grid.endsWell();
    }

    /** P42: while nothing can be committed, clients are refused before too much waits for it. */
    static void noMoreIsTakenThanMayWait(SimParts parts) {
        Scene grid = new Scene(3, parts);
        grid.sim.nodes().forEach(node -> node.disk().hold());
        for (int i = 0; i < 15; i++) {
            for (SimNode node : grid.sim.nodes()) {
                for (int each = 0; each < 30; each++) {
                    grid.clients.insert(node, grid.key, 200 * MILLI);
                }
            }
            grid.run(100 * MILLI);
        }
        grid.sim.nodes().forEach(node -> node.disk().release());
        grid.endsWell();
    }

    /** P18: a member whose disk is damaged leads nobody, even if nobody else can. */
    static void damagedMemberDoesNotLead(SimParts parts) {
        Scene grid = new Scene(3, parts);
        grid.sim.crash(grid.node("c"));
        grid.node("c").disk().damage();
        grid.sim.crash(grid.node("a"));
        grid.isolate("b");
        grid.sim.start(grid.node("c"));
        grid.run(15 * SECOND);
        grid.endsWell();
    }
}
