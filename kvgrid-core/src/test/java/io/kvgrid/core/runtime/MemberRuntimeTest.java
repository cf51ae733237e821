package io.kvgrid.core.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridClosedException;
import io.kvgrid.GridLimits;
import io.kvgrid.NodeId;
import io.kvgrid.NotPrimaryException;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.OverloadedException;
import io.kvgrid.Role;
import io.kvgrid.spi.persistence.InMemoryPersistence;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.testkit.ReferenceArbiter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class MemberRuntimeTest {
    private final TestLoop loop = new TestLoop();
    private final TestNetwork network = new TestNetwork(loop);
    private final ReferenceArbiter arbiter = new ReferenceArbiter();

    @Test
    void aloneNodeBecomesPrimaryAndServes() {
        TestMember a = member("a", 1, List.of()).start();

        CompletableFuture<OperationAck> early = a.insert("k", "v");
        assertThat(a.runtime.recovery()).isEmpty();
        loop.advanceMillis(500);

        assertThat(a.runtime.status().role()).isEqualTo(Role.PRIMARY);
        assertThat(a.runtime.recovery()).contains(RecoveryReport.EMPTY);
        assertThat(a.runtime.ready().toCompletableFuture()).isCompleted();
        assertThat(early.join().id()).isEqualTo(new OperationId(a.bootId, 0));
        assertThat(a.peek("k")).isEqualTo("v");
        assertThat(a.runtime.readNow(a.key("k"))).isNotNull();
        CompletableFuture<String> read = a.get("k");
        loop.run();
        assertThat(read.join()).isEqualTo("v");
    }

    @Test
    void operationsBeforeTheRoleEndWithinTheirDeadlineInOrder() {
        arbiter.away(true);
        TestMember a = member("a", 1, List.of()).start();
        List<String> ended = new ArrayList<>();
        var first = a.insert("k", "1").whenComplete((ack, e) -> ended.add("1"));
        var second =
                a.insert("k", "2", Optional.empty(), 3 * TestMember.SECOND).whenComplete((ack, e) -> ended.add("2"));
        var third =
                a.insert("k", "3", Optional.empty(), 3 * TestMember.SECOND).whenComplete((ack, e) -> ended.add("3"));

        loop.advanceMillis(995);
        assertThat(first).isNotDone();
        loop.advanceMillis(5);
        OperationFailedException failure = failure(first);
        assertThat(failure).isInstanceOf(OperationTimeoutException.class);
        assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(a.peek("k")).isEqualTo("(not ready)");

        arbiter.away(false);
        loop.advanceMillis(1_500);
        assertThat(second.join().version()).isLessThan(third.join().version());
        assertThat(ended).containsExactly("1", "2", "3");
        assertThat(a.peek("k")).isEqualTo("3");
    }

    @Test
    void threeNodesFormAGridThatForwardsWritesAndConfirmsReads() {
        TestMember a = member("a", 1, List.of()).start();
        loop.advanceMillis(500);
        for (int i = 0; i < 100; i++) {
            var unused = a.insert("k" + i, "v" + i);
        }
        loop.advanceMillis(100);
        TestMember b = member("b", 2, List.of(1)).start();
        TestMember c = member("c", 3, List.of(1)).start();
        loop.advanceMillis(5_000);

        assertThat(b.runtime.status().role()).isEqualTo(Role.SECONDARY);
        assertThat(c.runtime.status().role()).isEqualTo(Role.SECONDARY);
        assertThat(c.peek("k99")).isEqualTo("v99");

        var write = b.insert("x", "from b").thenApply(ack -> b.peek("x"));
        loop.advanceMillis(200);
        assertThat(write.join()).isEqualTo("from b"); // applied here before it is acknowledged here

        loop.advanceMillis(200);
        assertThat(c.runtime.readNow(c.key("x"))).as("by its lease").isNotNull();
        var read = c.get("x");
        loop.advanceMillis(200);
        assertThat(read.join()).isEqualTo("from b");
    }

    /** P27: the one who knows that a write is under way waits for it; the primary need not be asked. */
    @Test
    void readOfAKeyThatIsBeingWrittenIsAnsweredWhenTheWriteCommits() {
        FaultyPersistence slow = new FaultyPersistence();
        TestMember a = member("a", 1, List.of()).start();
        loop.advanceMillis(500);
        TestMember b = member("b", 2, List.of(1)).start();
        new TestMember(loop, network, "c", 3, List.of(1), slow, arbiter, GridLimits.DEFAULT, true).start();
        loop.advanceMillis(5_000);
        var first = a.insert("k", "old");
        loop.advanceMillis(100);
        assertThat(first).isCompleted();

        slow.failWith(FaultyPersistence.retryable());
        var second = a.insert("k", "new");
        loop.advanceMillis(8);
        assertThat(b.runtime.readNow(b.key("k"))).as("dirty").isNull();
        var read = b.get("k");
        loop.advanceMillis(80);
        assertThat(read).isNotDone();
        slow.failWith(null);
        loop.advanceMillis(150);

        assertThat(second).isCompleted();
        assertThat(read.join()).isEqualTo("new");
    }

    @Test
    void withoutForwardingASecondaryNamesThePrimary() {
        member("a", 1, List.of()).start();
        loop.advanceMillis(500);
        TestMember b = new TestMember(
                        loop,
                        network,
                        "b",
                        2,
                        List.of(1),
                        InMemoryPersistence.create(),
                        arbiter,
                        GridLimits.DEFAULT,
                        false)
                .start();
        loop.advanceMillis(5_000);

        var write = b.insert("k", "v");
        loop.advanceMillis(10);

        assertThat(failure(write)).isInstanceOf(NotPrimaryException.class);
        assertThat(((NotPrimaryException) failure(write)).primary()).contains(new NodeId("a"));
    }

    @Test
    void aWriteWhosePrimaryIsCutOffEndsUnknownAndItsRepetitionIsAppliedOnce() {
        TestMember a = member("a", 1, List.of()).start();
        loop.advanceMillis(500);
        TestMember b = member("b", 2, List.of(1)).start();
        loop.advanceMillis(5_000);
        network.cut(new NodeId("a"));

        var write = b.insert("k", "v");
        loop.advanceMillis(1_000);
        OperationFailedException failure = failure(write);
        assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);

        network.heal(new NodeId("a"));
        loop.advanceMillis(5_000);
        var again = b.insert("k", "v", failure.id(), TestMember.SECOND);
        var andAgain = b.insert("k", "v", failure.id(), TestMember.SECOND);
        loop.advanceMillis(1_000);
        assertThat(again.join()).isEqualTo(andAgain.join());
        assertThat(a.peek("k")).isEqualTo("v");
    }

    @Test
    void overloadIsRefusedOnTheCallersThread() {
        arbiter.away(true);
        GridLimits limits = new GridLimits(10, 10, 2, 1_000);
        TestMember a = new TestMember(
                        loop, network, "a", 1, List.of(), InMemoryPersistence.create(), arbiter, limits, true)
                .start();
        var first = a.insert("a", "1");
        var second = a.insert("b", "2");

        assertThat(failure(a.insert("c", "3"))).isInstanceOf(OverloadedException.class);

        loop.advanceMillis(1_000); // the two have met their deadlines and made room
        assertThat(failure(first).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(failure(second).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        arbiter.away(false);
        var fourth = a.insert("d", "4");
        loop.advanceMillis(900);
        assertThat(fourth.join().version()).isPositive();
    }

    /** P19: that this attempt is refused says nothing about an earlier one. */
    @Test
    void refusalOfARepeatedOperationLeavesItsOutcomeUnknown() {
        arbiter.away(true);
        GridLimits limits = new GridLimits(10, 10, 1, 1_000);
        TestMember a = new TestMember(
                        loop, network, "a", 1, List.of(), InMemoryPersistence.create(), arbiter, limits, true)
                .start();
        Optional<OperationId> id = Optional.of(new OperationId(new UUID(1, 1), 3));
        var filling = a.insert("a", "1");

        var overloaded = a.insert("k", "v", id, TestMember.SECOND);
        loop.advanceMillis(1_000);
        a.runtime.close(0);
        loop.advanceMillis(1_000);
        var closed = a.insert("k", "v", id, TestMember.SECOND);

        assertThat(failure(filling).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        for (var refused : List.of(overloaded, closed)) {
            assertThat(failure(refused).outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(failure(refused).id()).isEqualTo(id);
        }
        assertThat(failure(overloaded)).hasMessageContaining("too much is under way");
        assertThat(failure(closed)).isInstanceOf(GridClosedException.class);
    }

    @Test
    void closingFinishesWhatIsUnderWayAndRefusesTheRest() {
        TestMember a = member("a", 1, List.of()).start();
        loop.advanceMillis(500);
        var before = a.insert("k", "v");
        var closed = a.runtime.close(2 * TestMember.SECOND).toCompletableFuture();
        var after = a.insert("k", "w");
        loop.advanceMillis(100);

        assertThat(before.join().version()).isPositive();
        assertThat(failure(after)).isInstanceOf(GridClosedException.class);
        assertThat(failure(after).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(closed).isCompleted();
        assertThat(a.runtime.status().role()).isEqualTo(Role.CLOSED);
        assertThat(a.peek("k")).isEqualTo("(not ready)");
        assertThat(a.runtime.readNow(a.key("k"))).isNull();
    }

    @Test
    void closingIsBoundedAndFailsWhatIsLeft() {
        arbiter.away(true);
        TestMember a = member("a", 1, List.of()).start();
        var stuck = a.insert("k", "v", Optional.empty(), 60 * TestMember.SECOND);
        loop.advanceMillis(100);

        var closed = a.runtime.close(2 * TestMember.SECOND).toCompletableFuture();
        loop.advanceMillis(1_900);
        assertThat(closed).isNotDone();
        loop.advanceMillis(300);

        assertThat(closed).isCompleted();
        assertThat(failure(stuck)).isInstanceOf(GridClosedException.class);
        assertThat(failure(stuck).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(a.runtime.ready().toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void aPeerThatSendsGarbageIsDisconnectedAndComesToNoHarm() {
        TestMember a = member("a", 1, List.of()).start();
        loop.advanceMillis(500);
        TestMember b = member("b", 2, List.of(1)).start();
        loop.advanceMillis(2_000);

        b.port.send(new NodeId("a"), List.of(ByteBuffer.allocate(100)));
        loop.advanceMillis(1);

        assertThat(b.port.send(new NodeId("a"), List.of())).isFalse();
        assertThat(a.runtime.status().role()).isEqualTo(Role.PRIMARY);
    }

    @Test
    void operationsOfANodeThatIsRefusedSayWhy() {
        member("a", 1, List.of()).start();
        loop.advanceMillis(500);
        ReferenceArbiter unreachable = new ReferenceArbiter();
        unreachable.away(true);
        TestMember twin = new TestMember(
                        loop,
                        network,
                        "a",
                        2,
                        List.of(1),
                        InMemoryPersistence.create(),
                        unreachable,
                        GridLimits.DEFAULT,
                        true)
                .start();
        var write = twin.insert("k", "v");
        var read = twin.get("k");
        loop.advanceMillis(1_000);

        assertThat(List.of(failure(write), failure(read))).allSatisfy(failure -> {
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(failure).hasMessageContaining("node id 'a' is in use by another process");
        });
        assertThat(twin.runtime.notReady()).hasMessageContaining("node id 'a' is in use by another process");
    }

    private TestMember member(String name, int number, List<Integer> peers) {
        return new TestMember(
                loop, network, name, number, peers, InMemoryPersistence.create(), arbiter, GridLimits.DEFAULT, true);
    }

    private static OperationFailedException failure(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        return future.handle((done, failure) -> (OperationFailedException)
                        (failure instanceof CompletionException e
                                ? requireNonNull(e.getCause())
                                : requireNonNull(failure)))
                .join();
    }
}
