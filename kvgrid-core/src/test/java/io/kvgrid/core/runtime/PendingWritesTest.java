package io.kvgrid.core.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.ConditionFailedException;
import io.kvgrid.NodeId;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.OperationTooOldException;
import io.kvgrid.Outcome;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.core.message.WriteResult.Kind;
import io.kvgrid.core.replication.Completion;
import io.kvgrid.core.replication.Input;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PendingWritesTest {
    private static final UUID CLIENT = new UUID(1, 1);

    private final TestLoop loop = new TestLoop();
    private final Callbacks callbacks = new Callbacks(Runnable::run);
    private final InFlightLimit limit = new InFlightLimit(100, 1 << 20);
    private final List<OperationId> abandoned = new ArrayList<>();
    private final DeadlineWheel deadlines = new DeadlineWheel(loop, this::expire);
    private final OperationIds ids = new OperationIds(CLIENT, loop, new Random(1));
    private final PendingWrites writes = new PendingWrites(ids, limit, deadlines, callbacks, new Refusals());
    private final List<Input> replica = new ArrayList<>();

    @Test
    void commandsCarryTheirNumberAndTheLowestUnsettledOne() {
        submit(Optional.empty());
        submit(Optional.empty());
        handOver();
        complete(0, WriteResult.acknowledged(7));
        submit(Optional.empty());
        handOver();

        assertThat(replica.stream()
                        .map(input -> ((Input.ClientWrite) input).command())
                        .map(command -> command.operation().number() + " from " + command.clientFloor()))
                .containsExactly("0 from 0", "1 from 0", "2 from 1");
    }

    @Test
    void theResultSaysWhatBecameOfIt() {
        var acknowledged = submit(Optional.empty());
        var refused = submit(Optional.empty());
        var unknown = submit(Optional.empty());
        handOver();
        complete(0, WriteResult.acknowledged(7));
        complete(1, new WriteResult(Kind.CONDITION_FAILED, 5));
        complete(2, WriteResult.of(Kind.UNKNOWN));

        assertThat(acknowledged.future().join().version()).isEqualTo(7);
        assertThat(failure(refused)).isInstanceOf(ConditionFailedException.class);
        assertThat(((ConditionFailedException) failure(refused)).currentVersion())
                .isEqualTo(5);
        assertThat(failure(unknown).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(limit.isEmpty()).isTrue();
        assertThat(writes.isEmpty()).isTrue();
    }

    @Test
    void aRefusedRepetitionSaysNothingAboutTheFirstAttempt() {
        OperationId foreign = new OperationId(new UUID(9, 9), 4);
        var repetition = submit(Optional.of(foreign));
        handOver();
        writes.complete(new Completion(foreign, WriteResult.of(Kind.OVERLOADED)), null);
        callbacks.flush();

        assertThat(failure(repetition).outcome()).isEqualTo(Outcome.UNKNOWN); // P19
        assertThat(failure(repetition).id()).contains(foreign);
    }

    @Test
    void aRepetitionThatIsTooOldIsUnknown() {
        OperationId foreign = new OperationId(new UUID(9, 9), 4);
        var repetition = submit(Optional.of(foreign));
        handOver();
        writes.complete(new Completion(foreign, WriteResult.of(Kind.TOO_OLD)), null);
        callbacks.flush();

        assertThat(failure(repetition)).isInstanceOf(OperationTooOldException.class);
    }

    @Test
    void aClientThatTheGridHasForgottenGoesOnAsAnother() {
        submit(Optional.empty());
        handOver();
        complete(0, WriteResult.of(Kind.TOO_OLD));
        var next = submit(Optional.empty());

        assertThat(next.id().clientId()).isNotEqualTo(CLIENT);
        assertThat(next.id().number()).isZero();
    }

    @Test
    void anIdThatThisRunHasNotIssuedIsRefused() {
        var invented = submit(Optional.of(new OperationId(CLIENT, 3)));
        callbacks.flush();

        assertThat(failure(invented).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(limit.isEmpty()).isTrue();
        handOver();
        assertThat(replica).isEmpty();
    }

    @Test
    void operationsOfOneIdShareOneCommandAndItsEnd() {
        OperationId id = new OperationId(new UUID(9, 9), 4);
        var first = submit(Optional.of(id), 100);
        handOver();
        var second = submit(Optional.of(id), 1_000);
        handOver();
        assertThat(replica).hasSize(1);

        loop.advanceMillis(100); // the first one's deadline
        callbacks.flush();
        assertThat(failure(first).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(abandoned).isEmpty(); // the second one still waits
        writes.complete(new Completion(id, WriteResult.acknowledged(3)), null);
        callbacks.flush();

        assertThat(second.future().join().version()).isEqualTo(3);
        assertThat(limit.isEmpty()).isTrue();
    }

    @Test
    void theReplicaIsToldOnceNobodyWaitsAnyMore() {
        var held = submit(Optional.empty(), 50);
        loop.advanceMillis(50);
        var handed = submit(Optional.empty(), 50);
        handOver();
        loop.advanceMillis(50);
        callbacks.flush();

        assertThat(failure(held).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(failure(handed).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(abandoned).containsExactly(new OperationId(CLIENT, 1));
        complete(1, WriteResult.acknowledged(9)); // too late: nothing happens
        assertThat(writes.isEmpty()).isTrue();
    }

    @Test
    void anUnknownEndKeepsTheFloorDownSoThatItCanBeRepeated() {
        submit(Optional.empty());
        submit(Optional.empty());
        handOver();
        complete(0, WriteResult.of(Kind.UNKNOWN));
        complete(1, WriteResult.acknowledged(4));
        replica.clear();
        var again = submit(Optional.of(new OperationId(CLIENT, 0)));
        handOver();
        assertThat(((Input.ClientWrite) replica.get(0)).command().clientFloor()).isZero();

        complete(0, WriteResult.acknowledged(3));
        replica.clear();
        submit(Optional.empty());
        handOver();

        assertThat(again.future().join().version()).isEqualTo(3);
        assertThat(((Input.ClientWrite) replica.get(0)).command().clientFloor()).isEqualTo(2);
    }

    private WriteOperation submit(Optional<OperationId> id) {
        return submit(id, 1_000);
    }

    private WriteOperation submit(Optional<OperationId> id, long millis) {
        WriteOperation operation = new WriteOperation(
                id,
                Condition.NONE,
                0,
                0,
                RecordFormat.body(RecordKind.PUT, 1, new byte[1], new byte[1]),
                loop.nanoTime() + millis * 1_000_000);
        assertThat(limit.tryAcquire(operation.bytes())).isTrue();
        writes.add(operation);
        return operation;
    }

    private void handOver() {
        writes.handOver(replica::add);
    }

    private void complete(long number, WriteResult result) {
        writes.complete(new Completion(new OperationId(CLIENT, number), result), new NodeId("p"));
        callbacks.flush();
    }

    private void expire(ClientOperation operation) {
        OperationId id = writes.expire((WriteOperation) operation);
        if (id != null) {
            abandoned.add(id);
        }
    }

    private static OperationFailedException failure(WriteOperation operation) {
        assertThat(operation.future()).isCompletedExceptionally();
        return (OperationFailedException) operation
                .future()
                .handle((ack, failure) -> requireNonNull(failure))
                .join();
    }
}
