package io.kvgrid.core.runtime;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.replication.LogChange;
import io.kvgrid.core.replication.Outbound;
import io.kvgrid.core.replication.Ready;
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
import io.kvgrid.testkit.ReferenceArbiter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A follower's store, marks, lease and executor, and around it the grid, of which it sees one number: the version of the one
 * key that was acknowledged last. {@link #read} comes from any thread, all else from one at a time, the loop's. Together
 * they have to behave like a register (P27): Lincheck looks for an interleaving in which they do not.
 */
public class ConcurrentMember {
    private static final long LEASE_NANOS = 1_000; // the wall clock stands still meanwhile
    private static final Envelope ENVELOPE = new Envelope(Envelope.NO_ID, 1, 1, Envelope.NO_ID, Envelope.NO_ID);

    final GridStore store = new GridStore(new KeyHash(1, 2));
    final DirtyKeys dirtyKeys = new DirtyKeys(store);
    final StoreKey key = store.key(1, TestLog.bytes("k"));
    private final NodeId primary = new NodeId("p");
    private final VirtualClock clock = new VirtualClock();
    private final LocalReads localReads;
    private final ReadyExecutor executor;
    private final TestLog log = new TestLog();

    /** All records of the grid. */
    private final List<LogRecord> records = new ArrayList<>();

    /** What this member has in its log and does not know to be committed. */
    private final Deque<LogRecord> pending = new ArrayDeque<>();

    /** What was committed without it. */
    private final List<LogRecord> missing = new ArrayList<>();

    /** What all writes that were acknowledged add up to. */
    private volatile long acknowledged;

    private boolean isInSync = true;
    private @Nullable Tenure tenure = TestTenures.until(LEASE_NANOS);

    public ConcurrentMember() {
        this(new Rules());
    }

    ConcurrentMember(Rules rules) {
        ClockWatch clocks = new ClockWatch(clock, ReplicaSettings.of(600_000_000, 1, true, true, false));
        localReads = new LocalReads(clock, clocks, store, dirtyKeys);
        localReads.publish(tenure);
        ScriptedPersistence persistence = new ScriptedPersistence();
        RunStorage storage = new RunStorage(clock, persistence, store, dirtyKeys, input -> {}, 0, failure -> {});
        Callbacks callbacks = new Callbacks(Runnable::run);
        InFlightLimit limit = new InFlightLimit(10, 10_000);
        DeadlineWheel deadlines = new DeadlineWheel(clock, operation -> {});
        executor = new ReadyExecutor(
                rules,
                localReads,
                storage.log(),
                storage.logReader(),
                storage.installer(),
                store,
                dirtyKeys,
                () -> ByteBuffer.allocate(0),
                new PendingWrites(
                        new OperationIds(new UUID(1, 1), clock, new Random(1)),
                        limit,
                        deadlines,
                        callbacks,
                        new Refusals()),
                new PendingReads(store, localReads, limit, deadlines, callbacks, new Refusals()),
                callbacks,
                this::send,
                new ArbiterCaller(new ReferenceArbiter(), input -> {}),
                new StatusBoard());
    }

    // ---- any thread

    /** A linearizable read: answered here, or else confirmed by the primary. */
    @Operation
    public long read() {
        StoredEntry entry = readNow();
        return entry == null ? acknowledged : entry.version();
    }

    /** A linearizable read on another node. */
    @Operation
    public long readAtPrimary() {
        return acknowledged;
    }

    // ---- the loop's thread, and what happens elsewhere in the grid

    /** The primary has heard of this member's force, and answered its client, as soon as the acknowledgement is sent. */
    @Operation(nonParallelGroup = "loop")
    public void write() {
        LogRecord record = newRecord();
        if (isInSync) {
            pending.add(record);
            execute(List.of(record), List.of(), new Message.AppendAck(record.id(), record.lsn()));
        } else {
            missing.add(record);
            acknowledged = record.lsn();
        }
    }

    /** The commit index gets to know here, for one record. */
    @Operation(nonParallelGroup = "loop")
    public void commit() {
        LogRecord record = pending.poll();
        if (record != null) {
            execute(List.of(), List.of(record), null);
        }
    }

    /** The lease runs out, which nobody here notices, and the grid goes on without this member. */
    @Operation(nonParallelGroup = "loop")
    public void writeAfterTheLease() {
        clock.advance(LEASE_NANOS);
        isInSync = false;
        write();
    }

    /** This member gives its lease back, and the grid goes on without it as soon as it hears so (P13). */
    @Operation(nonParallelGroup = "loop")
    public void writeAfterItLeft() {
        isInSync = false;
        tenure = null;
        missing.add(newRecord());
        execute(List.of(), List.of(), new Message.Leave());
    }

    /** Its disk is damaged, and it begins anew with what another node has, which is older (P18). */
    @Operation(nonParallelGroup = "loop")
    public void loseData() {
        isInSync = false;
        tenure = null;
        execute(List.of(), List.of(), null);
        dirtyKeys.truncateAfter(0);
        store.expectOlder();
        store.replaceBy(store.replacement(), 0);
        pending.clear();
        missing.clear();
        missing.addAll(records);
    }

    /** It gets what it lacks, and a lease. */
    @Operation(nonParallelGroup = "loop")
    public void rejoin() {
        if (!missing.isEmpty()) {
            execute(List.copyOf(missing), List.of(), null);
            pending.addAll(missing);
            missing.clear();
        }
        execute(List.of(), List.copyOf(pending), null);
        pending.clear();
        isInSync = true;
        renew();
    }

    /** Its lease goes on, or begins anew. */
    @Operation(nonParallelGroup = "loop")
    public void renew() {
        if (isInSync) {
            tenure = renewed(tenure, clock.nanoTime(), clock.nanoTime() + LEASE_NANOS);
            execute(List.of(), List.of(), null);
        }
    }

    // ---- what broken variants break

    /** As {@link LocalReads#read}. */
    @Nullable
    StoredEntry readNow() {
        return localReads.read(key);
    }

    /** As {@link ReadyExecutor#execute}. */
    void execute(Ready ready) {
        executor.execute(ready, ConcurrentMember::status);
    }

    /** As a read lease is renewed. */
    Tenure renewed(@Nullable Tenure present, long nowNanos, long untilNanos) {
        return present != null && TestTenures.extend(present, nowNanos, untilNanos)
                ? present
                : TestTenures.until(untilNanos);
    }

    /** For those that read in another order. */
    LocalReads localReads() {
        return localReads;
    }

    boolean covers(@Nullable Tenure one) {
        return one != null && one.covers(clock.nanoTime());
    }

    void change(Ready ready) {
        for (LogChange change : ready.log()) {
            if (change instanceof LogChange.Append append) {
                dirtyKeys.mark(append.records());
            }
        }
    }

    void apply(Ready ready) {
        ready.apply().forEach(store::apply);
        dirtyKeys.clear(ready.commitLsn());
    }

    void send(Outbound outbound) {
        acknowledged = log.last().lsn();
    }

    // ----

    private LogRecord newRecord() {
        LogRecord record = log.put("k", "v");
        records.add(record);
        return record;
    }

    private void execute(List<LogRecord> append, List<LogRecord> apply, @Nullable Message message) {
        execute(ready(append, apply, message));
    }

    private Ready ready(List<LogRecord> append, List<LogRecord> apply, @Nullable Message message) {
        return new Ready(
                tenure,
                Optional.empty(),
                append.isEmpty() ? List.of() : List.of(new LogChange.Append(append)),
                List.of(),
                apply,
                apply.isEmpty() ? 0 : apply.get(apply.size() - 1).lsn(),
                List.of(),
                List.of(),
                message == null ? List.of() : List.of(new Outbound(primary, ENVELOPE, message)),
                List.of(),
                List.of(),
                false,
                Optional.empty());
    }

    private static ReplicaStatus status() {
        return new ReplicaStatus(
                Role.SECONDARY, Optional.empty(), 0, 0, List.of(), Optional.empty(), GridView.StateDigest.EMPTY);
    }
}
