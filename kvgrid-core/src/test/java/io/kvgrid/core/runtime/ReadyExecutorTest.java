package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.Role;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.core.replication.ArbiterCall;
import io.kvgrid.core.replication.Completion;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.LogChange;
import io.kvgrid.core.replication.Outbound;
import io.kvgrid.core.replication.Ready;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.replication.ReplicaSettings;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.core.replication.Rules;
import io.kvgrid.core.replication.Tenure;
import io.kvgrid.core.replication.TestTenures;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.core.store.StoreKey;
import io.kvgrid.core.store.StoredEntry;
import io.kvgrid.core.store.TestLog;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.testkit.ReferenceArbiter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each effect writes down, in the order of the effects, what the others look like at that moment. */
class ReadyExecutorTest {
    private static final Tenure TENURE = TestTenures.until(Long.MAX_VALUE / 2);

    private final List<String> trace = new ArrayList<>();
    private final TestLoop loop = new TestLoop();
    private final GridStore store = new GridStore(new KeyHash(1, 2));
    private final DirtyKeys dirty = new DirtyKeys(store);
    private final StoreKey key = store.key(1, TestLog.bytes("k"));
    private final ScriptedPersistence persistence = new ScriptedPersistence(this::note);
    private final PersistenceQueue queue = new PersistenceQueue(loop, failure -> {});
    private final LogWriter log = new LogWriter(persistence, queue, input -> {}, 100);
    private final Callbacks callbacks = new Callbacks(Runnable::run);
    private final InFlightLimit limit = new InFlightLimit(10, 10_000);
    private final DeadlineWheel deadlines = new DeadlineWheel(loop, operation -> {});
    private final UUID client = new UUID(1, 1);
    private final OperationIds ids = new OperationIds(client, loop, new Random(1));
    private final PendingWrites writes = new PendingWrites(ids, limit, deadlines, callbacks, new Refusals());
    private final LocalReads localReads = new LocalReads(
            loop, new ClockWatch(loop, ReplicaSettings.of(600_000_000, 1, true, true, false)), store, dirty);
    private final PendingReads reads = new PendingReads(store, localReads, limit, deadlines, callbacks, new Refusals());
    private final StatusBoard board = new StatusBoard();
    private final ReadyExecutor executor = new ReadyExecutor(
            new Rules(),
            localReads,
            log,
            new LogReader(loop, Optional.empty(), input -> {}, failure -> {}),
            new SnapshotInstaller(persistence, queue, store, dirty, log, input -> {}),
            store,
            dirty,
            () -> ByteBuffer.allocate(0),
            writes,
            reads,
            callbacks,
            outbound -> note("send"),
            new ArbiterCaller(new ReferenceArbiter(), input -> note("arbiter")),
            board);
    private final TestLog records = new TestLog();

    @Test
    void effectsComeInTheOrderThatReadyStates() {
        LogRecord first = records.put("k", "1");
        LogRecord second = records.put("k", "2");
        executor.execute(ready(List.of(first), List.of(), 0, List.of()), this::status);
        assertThat(trace)
                .containsExactly(
                        "metadata mark=0 value=0",
                        "append [1] mark=1 value=0",
                        "send mark=1 value=0",
                        "arbiter mark=1 value=0");
        trace.clear();

        OperationId id = new OperationId(client, 0);
        submitWrite();
        executor.execute(
                ready(List.of(second), List.of(first), 1, List.of(new Completion(id, WriteResult.acknowledged(1)))),
                this::status);

        assertThat(trace)
                .containsExactly(
                        "metadata mark=1 value=0",
                        "append [2] mark=2 value=0", // P25: the mark before the log and the network
                        "committed 1  mark=2 value=1",
                        "acknowledged mark=2 value=1", // P27: the value before the future
                        "send mark=2 value=1", // and the future before the commit index
                        "arbiter mark=2 value=1");
    }

    @Test
    void aMarkIsClearedOnceItsRecordIsApplied() {
        LogRecord first = records.put("k", "1");
        executor.execute(ready(List.of(first), List.of(), 0, List.of()), this::status);
        assertThat(dirty.lsn(key)).isEqualTo(1);

        executor.execute(ready(List.of(), List.of(first), 1, List.of()), this::status);

        assertThat(dirty.lsn(key)).isZero();
        assertThat(store.appliedLsn()).isEqualTo(1);
    }

    /** P27: what a mark says of a read counts as long as the lease under which it was looked up. */
    @Test
    void aReadOfADirtyKeyBeginsAnewWhenTheLeaseEndsOrTheLogIsCut() {
        LogRecord first = records.put("k", "1");
        LogRecord second = records.put("k", "2");
        executor.execute(quiet(List.of(first, second), List.of(), 0), this::status);
        ReadOperation waits = submitRead();
        ReadOperation cut = submitRead();
        assertThat(asked()).as("nobody is asked under a lease").isEmpty();

        executor.execute(ready(List.of(), List.of(), 0, List.of()), this::status); // no tenure

        assertThat(asked()).containsExactly(new Input.ClientReads(List.of(waits.number(), cut.number())));
        reads.confirmed(waits.number());
        callbacks.flush();
        assertThat(waits.future()).isCompletedWithValue(StoredEntry.ABSENT);
        assertThat(cut.future()).isNotDone();

        executor.execute(quiet(List.of(), List.of(), 0), this::status);
        ReadOperation another = submitRead();
        assertThat(asked()).isEmpty();
        executor.execute(
                quietly(List.of(new LogChange.Truncate(1, List.of(second), List.of())), List.of(), 0), this::status);
        assertThat(asked()).containsExactly(new Input.ClientReads(List.of(another.number())));
    }

    /** P27, with a real reader: a key whose mark is gone shows every write that was committed before the read began. */
    @Test
    void noReaderFindsAKeyCleanBeforeItsValueIsThere() throws Exception {
        ExecutorService reader = Executors.newSingleThreadExecutor();
        AtomicLong committed = new AtomicLong();
        localReads.publish(TENURE);
        int rounds = 100_000;
        Future<Long> lastSeen = reader.submit(() -> {
            long seen = 0;
            while (seen < rounds) {
                long before = committed.get();
                StoredEntry entry = localReads.read(key);
                if (entry != null) {
                    seen = entry.version();
                    assertThat(seen).isGreaterThanOrEqualTo(before);
                }
            }
            return seen;
        });
        reader.shutdown();

        for (int i = 0; i < rounds && !lastSeen.isDone(); i++) {
            LogRecord record = records.put("k", "v");
            executor.execute(quiet(List.of(record), List.of(), 0), this::status);
            committed.set(record.lsn()); // the others have it: it may be acknowledged before it is applied here
            executor.execute(quiet(List.of(), List.of(record), record.lsn()), this::status);
        }

        assertThat(lastSeen.get(20, TimeUnit.SECONDS)).isEqualTo(rounds);
    }

    @Test
    void aFailureEndsEverythingElse() {
        Ready failing = new Ready(
                null,
                Optional.empty(),
                List.of(new LogChange.Append(List.of(records.put("k", "1")))),
                List.of(),
                List.of(),
                0,
                List.of(),
                List.of(),
                List.of(outbound()),
                List.of(),
                List.of(),
                true,
                Optional.of("broken rule"));

        assertThatThrownBy(() -> executor.execute(failing, this::status))
                .isInstanceOf(ReplicaFailedException.class)
                .hasMessage("broken rule");
        assertThat(trace).isEmpty();
    }

    private void submitWrite() {
        WriteOperation operation = new WriteOperation(
                Optional.empty(),
                Condition.NONE,
                0,
                0,
                RecordFormat.body(RecordKind.PUT, 1, new byte[1], new byte[1]),
                loop.nanoTime() + 1_000_000_000);
        assertThat(limit.tryAcquire(operation.bytes())).isTrue();
        writes.add(operation);
        var unused = operation.future().thenRun(() -> note("acknowledged"));
    }

    private Ready ready(List<LogRecord> append, List<LogRecord> apply, long commitLsn, List<Completion> complete) {
        ReplicaMeta meta = new ReplicaMeta(
                "g", new NodeId("a"), new UUID(1, 2), 1, List.of(new UUID(3, 4)), Optional.empty(), false);
        return new Ready(
                null,
                Optional.of(meta),
                append.isEmpty() ? List.of() : List.of(new LogChange.Append(append)),
                List.of(),
                apply,
                commitLsn,
                complete,
                List.of(),
                List.of(outbound()),
                List.of(),
                List.of(new ArbiterCall.Read(0)),
                false,
                Optional.empty());
    }

    private ReadOperation submitRead() {
        ReadOperation operation = new ReadOperation(key, ReadOperation.LINEARIZABLE, loop.nanoTime() + 1_000_000_000);
        assertThat(limit.tryAcquire(operation.bytes())).isTrue();
        reads.add(operation);
        return operation;
    }

    /** What the replica is asked to confirm. */
    private List<Input> asked() {
        List<Input> asked = new ArrayList<>();
        reads.handOver(asked::add);
        return asked;
    }

    private Ready quiet(List<LogRecord> append, List<LogRecord> apply, long commitLsn) {
        return quietly(append.isEmpty() ? List.of() : List.of(new LogChange.Append(append)), apply, commitLsn);
    }

    private Ready quietly(List<LogChange> log, List<LogRecord> apply, long commitLsn) {
        return new Ready(
                TENURE,
                Optional.empty(),
                log,
                List.of(),
                apply,
                commitLsn,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                false,
                Optional.empty());
    }

    private static Outbound outbound() {
        Envelope envelope = new Envelope(Envelope.NO_ID, 1, 1, Envelope.NO_ID, Envelope.NO_ID);
        return new Outbound(new NodeId("b"), envelope, new Message.Leave());
    }

    private ReplicaStatus status() {
        return new ReplicaStatus(
                Role.PRIMARY, Optional.empty(), 0, 0, List.of(), Optional.empty(), GridView.StateDigest.EMPTY);
    }

    private void note(String what) {
        trace.add(what + " mark=" + dirty.lsn(key) + " value=" + version(store.get(key)));
    }

    private static long version(@Nullable StoredEntry entry) {
        return entry == null ? 0 : entry.version();
    }
}
