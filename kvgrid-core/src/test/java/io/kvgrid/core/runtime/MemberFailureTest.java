package io.kvgrid.core.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.DamagedDataException;
import io.kvgrid.GridClosedException;
import io.kvgrid.GridLimits;
import io.kvgrid.GridStartException;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.Role;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.testkit.ReferenceArbiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a member does when its disk, or it itself, fails. */
class MemberFailureTest {
    private final TestLoop loop = new TestLoop();
    private final TestNetwork network = new TestNetwork(loop);
    private final ReferenceArbiter arbiter = new ReferenceArbiter();

    @Test
    void aRetryableFailureOfThePrimarysDiskDelaysWritesAndLosesNone() {
        FaultyPersistence disk = new FaultyPersistence();
        TestMember a = member("a", 1, List.of(), disk).start();
        loop.advanceMillis(500);

        disk.failWith(FaultyPersistence.retryable());
        var patient = a.insert("k", "patient", Optional.empty(), 10 * TestMember.SECOND);
        var hasty = a.insert("h", "hasty");
        loop.advanceMillis(1_000);
        assertThat(failure(hasty)).isInstanceOf(OperationTimeoutException.class);
        assertThat(failure(hasty).outcome()).isEqualTo(Outcome.UNKNOWN); // it may become durable yet
        assertThat(patient).isNotDone();
        assertThat(a.peek("k")).isEqualTo("(none)"); // P31
        assertThat(a.runtime.persistenceStalledNanos()).isGreaterThan(900_000_000);

        disk.failWith(null);
        loop.advanceMillis(200);
        assertThat(patient.join().version()).isPositive();
        assertThat(a.peek("k")).isEqualTo("patient");
        assertThat(a.peek("h")).isEqualTo("hasty");
        assertThat(a.runtime.persistenceStalledNanos()).isZero();
    }

    @Test
    void aFatalFailureOfThePrimarysDiskStopsIt() {
        FaultyPersistence disk = new FaultyPersistence();
        TestMember a = member("a", 1, List.of(), disk).start();
        loop.advanceMillis(500);
        List<Role> roles = new ArrayList<>();
        a.runtime.onStatusChange(status -> roles.add(status.role()));

        disk.failWith(FaultyPersistence.fatal());
        var write = a.insert("k", "v");
        loop.advanceMillis(1);

        assertThat(failure(write)).isInstanceOf(GridClosedException.class).hasMessageContaining("the disk is broken");
        assertThat(failure(write).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(roles).containsExactly(Role.FAILED);
        assertThat(a.runtime.readNow(a.key("k"))).isNull();
        assertThat(a.peek("k")).isEqualTo("(not ready)");
        var later = a.insert("k", "w");
        assertThat(failure(later).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        var closed = a.runtime.close(TestMember.SECOND).toCompletableFuture();
        loop.advanceMillis(1);
        assertThat(closed).isCompleted();
    }

    @Test
    void nothingIsAcknowledgedWhileTheSecondarysDiskFails() {
        FaultyPersistence disk = new FaultyPersistence();
        TestMember a = member("a", 1, List.of(), new FaultyPersistence()).start();
        loop.advanceMillis(500);
        TestMember b = member("b", 2, List.of(1), disk).start();
        loop.advanceMillis(5_000);
        assertThat(b.runtime.status().role()).isEqualTo(Role.SECONDARY);

        disk.failWith(FaultyPersistence.retryable());
        var write = a.insert("k", "v", Optional.empty(), 10 * TestMember.SECOND);
        loop.advanceMillis(300);
        assertThat(write).isNotDone();

        disk.failWith(null);
        loop.advanceMillis(300);
        assertThat(write.join().version()).isPositive();
        loop.advanceMillis(300);
        assertThat(b.peek("k")).isEqualTo("v");
    }

    @Test
    void aRecoveryThatFindsDamageFailsTheStart() {
        FaultyPersistence disk = new FaultyPersistence(() -> {
            throw new CorruptLogException("segment 3 at byte 17");
        });
        TestMember a = member("a", 1, List.of(), disk).start();
        var early = a.insert("k", "v");
        loop.advanceMillis(1);

        assertThat(a.runtime.status().role()).isEqualTo(Role.FAILED);
        assertThat(failure(early).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(cause(a.runtime.ready().toCompletableFuture()))
                .isInstanceOf(DamagedDataException.class)
                .hasMessage("segment 3 at byte 17");
    }

    /** P7: a start that is forgotten would be counted again, and two runs would have one count. */
    @Test
    void nobodyHearsOfAStartThatIsNotDurable() {
        ScriptedPersistence disk = new ScriptedPersistence();
        List<String> asked = new ArrayList<>();
        TestMember a = new TestMember(
                loop,
                network,
                "a",
                1,
                List.of(),
                disk,
                new SteppedArbiter(arbiter, () -> asked.add("asked")),
                GridLimits.DEFAULT,
                true);
        a.start();
        loop.advanceMillis(1_000);
        assertThat(disk.calls).containsExactly("metadata");
        assertThat(asked).isEmpty();

        disk.succeed();
        loop.advanceMillis(1_000);
        assertThat(asked).isNotEmpty();
    }

    /** P43: an Error at any step ends in a stopped node whose callers all know where they stand. */
    @Test
    void anErrorAtAnyStepStopsTheNode() {
        int k = 1;
        while (runWithErrorAt(k)) {
            k++;
        }
        assertThat(k).isGreaterThan(20); // at least so many steps the script has
    }

    /** Returns whether the script had a k-th step. */
    private boolean runWithErrorAt(int k) {
        TestLoop ownLoop = new TestLoop();
        int[] step = new int[1];
        Runnable onStep = () -> {
            if (++step[0] == k) {
                throw new OutOfMemoryError("injected");
            }
        };
        TestMember a = new TestMember(
                ownLoop,
                new TestNetwork(ownLoop),
                "a",
                1,
                List.of(),
                new FaultyPersistence(onStep),
                new SteppedArbiter(new ReferenceArbiter(), onStep),
                GridLimits.DEFAULT,
                true);
        a.start();
        List<CompletableFuture<OperationAck>> writes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            writes.add(a.insert("k" + i, "v"));
            ownLoop.advanceMillis(30);
        }
        ownLoop.advanceMillis(1_000);

        assertThat(writes).allMatch(CompletableFuture::isDone);
        if (step[0] < k) {
            assertThat(a.runtime.status().role()).isEqualTo(Role.PRIMARY);
            return false;
        }
        assertThat(a.runtime.status().role()).isEqualTo(Role.FAILED);
        assertThat(a.runtime.readNow(a.key("k0"))).isNull();
        if (a.runtime.ready().toCompletableFuture().isCompletedExceptionally()) {
            assertThat(cause(a.runtime.ready().toCompletableFuture())).isInstanceOf(GridStartException.class);
        }
        return true;
    }

    private record SteppedArbiter(Arbiter arbiter, Runnable onStep) implements Arbiter {
        @Override
        public CompletionStage<Optional<GridConfig>> read() {
            onStep.run();
            return arbiter.read();
        }

        @Override
        public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
            onStep.run();
            return arbiter.compareAndSet(expectedCv, proposal);
        }

        @Override
        public void watch(Consumer<GridConfig> watcher) {}

        @Override
        public void close() {}
    }

    private TestMember member(String name, int number, List<Integer> peers, Persistence persistence) {
        return new TestMember(loop, network, name, number, peers, persistence, arbiter, GridLimits.DEFAULT, true);
    }

    private static OperationFailedException failure(CompletableFuture<?> future) {
        return (OperationFailedException) cause(future);
    }

    private static Throwable cause(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        return future.handle((done, failure) -> failure instanceof CompletionException e
                        ? requireNonNull(e.getCause())
                        : requireNonNull(failure))
                .join();
    }
}
