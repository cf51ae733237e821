package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One replica without a shell: does at once what is asked, but for what a test holds back, and keeps what is sent. */
final class ReplicaDriver {
    static final Member A = member("a", 1);
    static final Member B = member("b", 2);
    static final Member C = member("c", 3);

    private final Member self;
    private final GridStore store = new GridStore(new KeyHash(1, 2));
    private final ReplicaState state;
    private final Replica replica;
    private final TreeMap<Long, LogRecord> records = new TreeMap<>();
    private final List<Outbound> sent = new ArrayList<>();
    private final List<Completion> completed = new ArrayList<>();
    private final List<Long> confirmed = new ArrayList<>();
    private Optional<String> failure = Optional.empty();
    private @Nullable Tenure tenure;
    private @Nullable GridConfig arbiter;
    private long nowNanos = 1_000_000_000_000L;
    private boolean holdsLog;
    private long heldLsn;
    private boolean holdsArbiter;
    private boolean holdsChanges;
    private final List<ArbiterCall> heldCalls = new ArrayList<>();

    private boolean holdsReads;
    private final List<LogQuery.Read> heldReads = new ArrayList<>();
    private final List<LogQuery> queries = new ArrayList<>();
    private long firstLsnOnDisk = 1;

    private ReplicaDriver(Member self, ReplicaSettings settings, ReplicaState state, boolean readsLog) {
        this(self, settings, state, readsLog, List.of(self.bootId()), Optional.empty());
    }

    private ReplicaDriver(
            Member self,
            ReplicaSettings settings,
            ReplicaState state,
            boolean readsLog,
            List<UUID> runs,
            Optional<GridConfig> saved) {
        this.self = self;
        this.state = state;
        ReplicaMeta meta = new ReplicaMeta("g", self.nodeId(), self.storeId(), self.startCount(), runs, saved, false);
        replica = new Replica(self, meta, state, store, settings, new Rules(), readsLog, new Random(1), nowNanos);
    }

    /** A replica that has met an Arbiter which holds {@code config}; an empty one if that is null. */
    static ReplicaDriver start(Member self, ReplicaSettings settings, @Nullable GridConfig config) {
        return start(self, settings, config, false);
    }

    /** The same, of a directory whose start before this one was {@code before}. */
    static ReplicaDriver startAfter(UUID before, Member self, ReplicaSettings settings, GridConfig config) {
        ReplicaState state = ReplicaState.empty(settings.retainedBytes());
        ReplicaDriver driver =
                new ReplicaDriver(self, settings, state, false, List.of(before, self.bootId()), Optional.empty());
        driver.arbiter = config;
        driver.pass(0);
        return driver;
    }

    private static ReplicaDriver start(
            Member self, ReplicaSettings settings, @Nullable GridConfig config, boolean readsLog) {
        ReplicaDriver driver =
                new ReplicaDriver(self, settings, ReplicaState.empty(settings.retainedBytes()), readsLog);
        driver.arbiter = config;
        driver.pass(0);
        return driver;
    }

    /** A replica that finds records on its disk and no configuration, and an empty Arbiter. */
    static ReplicaDriver recovered(Member self, ReplicaSettings settings, ReplicaState state) {
        ReplicaDriver driver = new ReplicaDriver(self, settings, state, false);
        driver.pass(0);
        return driver;
    }

    /** A replica that finds records on its disk, and the configuration that it has followed last. */
    static ReplicaDriver recovered(
            Member self,
            ReplicaSettings settings,
            ReplicaState state,
            GridConfig saved,
            @Nullable GridConfig atTheArbiter) {
        ReplicaDriver driver =
                new ReplicaDriver(self, settings, state, false, List.of(self.bootId()), Optional.of(saved));
        driver.arbiter = atTheArbiter;
        driver.pass(0);
        return driver;
    }

    /** The first node of a new grid. */
    static ReplicaDriver primary(ReplicaSettings settings) {
        return start(A, settings, null);
    }

    /** The same, on a disk whose log can be read back. */
    static ReplicaDriver primaryThatReadsItsLog(ReplicaSettings settings) {
        return start(A, settings, null, true);
    }

    static Member member(String name, int number) {
        return new Member(new NodeId(name), new UUID(10, number), new UUID(20, number), 1, "");
    }

    /** The same node and directory after a restart. */
    static Member restarted(Member member) {
        UUID bootId = new UUID(member.bootId().getMostSignificantBits() + 1, 0);
        return new Member(member.nodeId(), member.storeId(), bootId, member.startCount() + 1, member.address());
    }

    Replica replica() {
        return replica;
    }

    ReplicaState state() {
        return state;
    }

    GridConfig config() {
        return replica.status().config().orElseThrow();
    }

    Optional<String> failure() {
        return failure;
    }

    /** Lets time pass. */
    void pass(long nanos) {
        nowNanos += nanos;
        step(new Input.Tick());
    }

    void connect(Member peer) {
        step(new Input.PeerConnected(peer.nodeId(), peer.bootId(), Envelope.NO_ID));
    }

    /** A message that {@code from} sends now. */
    void receive(Member from, Message message) {
        GridConfig config = config();
        Envelope envelope = new Envelope(config.lineageId(), config.cv(), config.epoch(), from.bootId(), self.bootId());
        step(new Input.Received(from.nodeId(), envelope, message));
    }

    /** Another node joins with an empty log, as far as being asked where its log ends. */
    void joins(Member peer) {
        connect(peer);
        receive(peer, new Message.JoinRequest(peer, RecordId.NONE));
    }

    void write(long number, String key, int valueBytes) {
        step(new Input.ClientWrite(command(self, number, key, valueBytes)));
    }

    /** A write as a client of {@code origin} asks for it. */
    static WriteCommand command(Member origin, long number, String key, int valueBytes) {
        OperationId operation = new OperationId(origin.bootId(), number);
        RecordBody body = RecordFormat.body(
                        RecordKind.PUT, 1, key.getBytes(StandardCharsets.UTF_8), new byte[valueBytes])
                .operation(operation, 0);
        return new WriteCommand(operation, 0, Condition.NONE, 0, 0, body);
    }

    /** A write of {@code origin} that changes the key only if it is there. */
    static WriteCommand conditional(Member origin, long number, String key) {
        WriteCommand plain = command(origin, number, key, 1);
        return new WriteCommand(plain.operation(), 0, Condition.PRESENT, 0, 0, plain.body());
    }

    /** The identity of the record that this replica has appended at {@code lsn}, in memory still or not. */
    RecordId sealed(long lsn) {
        return record(lsn).id();
    }

    /** The record that this replica has appended at {@code lsn}. */
    LogRecord record(long lsn) {
        return Objects.requireNonNull(records.get(lsn));
    }

    /** Nothing below {@code lsn} can be read from the log on disk any more. */
    void compactTo(long lsn) {
        firstLsnOnDisk = lsn;
    }

    /** Reads of the log get no answer from here on. */
    void holdReads() {
        holdsReads = true;
    }

    /** All of them are answered. */
    void releaseReads() {
        holdsReads = false;
        List<LogQuery.Read> held = List.copyOf(heldReads);
        heldReads.clear();
        held.forEach(read -> step(answer(read)));
    }

    /** The one read that is held fails in a way that may pass. */
    void failRead() {
        step(new Input.LogRead(heldReads.remove(0), Optional.empty()));
    }

    /** What was asked of the log on disk since the last call of {@link #forget}. */
    List<LogQuery> queries() {
        return queries;
    }

    /** Nothing that is appended from here on becomes durable. */
    void holdLog() {
        holdsLog = true;
    }

    void releaseLog() {
        holdsLog = false;
        step(new Input.LogFlushed(heldLsn));
    }

    /** The Arbiter answers nothing from here on. */
    void holdArbiter() {
        holdsArbiter = true;
    }

    /** The Arbiter answers reads only from here on. */
    void holdChanges() {
        holdsChanges = true;
    }

    /** The Arbiter answers all that it was asked meanwhile. */
    void releaseArbiter() {
        holdsArbiter = false;
        holdsChanges = false;
        List<ArbiterCall> calls = List.copyOf(heldCalls);
        heldCalls.clear();
        calls.forEach(call -> step(answer(call)));
    }

    /** What the Arbiter was asked and has not answered. */
    List<ArbiterCall> heldCalls() {
        return heldCalls;
    }

    /** The messages of that kind that were sent since the last call of {@link #forget}. */
    <M extends Message> List<M> sent(Class<M> type) {
        return sent.stream()
                .map(Outbound::message)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** The reads that were confirmed since the last call of {@link #forget}. */
    List<Long> confirmed() {
        return confirmed;
    }

    /** Whether readers on this node may answer alone now. */
    boolean hasTenure() {
        return tenure != null && tenure.covers(nowNanos);
    }

    /** What was decided about the writes of this node since the last call of {@link #forget}. */
    List<Completion> completed() {
        return completed;
    }

    void forget() {
        sent.clear();
        queries.clear();
        completed.clear();
        confirmed.clear();
    }

    void step(Input input) {
        List<Input> next = new ArrayList<>(List.of(input));
        while (!next.isEmpty()) {
            next.forEach(each -> replica.step(each, nowNanos));
            next = carryOut(replica.ready());
        }
    }

    private List<Input> carryOut(Ready ready) {
        List<Input> answers = new ArrayList<>();
        tenure = ready.tenure();
        ready.metadata().ifPresent(meta -> answers.add(new Input.MetadataSaved(meta)));
        for (LogChange change : ready.log()) {
            if (change instanceof LogChange.Append append) {
                append.records().forEach(record -> records.put(record.lsn(), record));
                heldLsn = append.records().get(append.records().size() - 1).lsn();
                if (!holdsLog) {
                    answers.add(new Input.LogFlushed(heldLsn));
                }
            } else if (change instanceof LogChange.Truncate truncate) {
                answers.add(new Input.LogTruncated(truncate.lsn()));
            }
        }
        for (InstallStep install : ready.install()) {
            if (install instanceof InstallStep.Add add) {
                answers.add(new Input.SnapshotAdded(add.number()));
            } else if (install instanceof InstallStep.Commit) {
                answers.add(new Input.SnapshotInstalled());
            }
        }
        ready.apply().forEach(store::apply);
        completed.addAll(ready.complete());
        sent.addAll(ready.send());
        ready.reads().forEach(read -> confirmed.add(read.readId()));
        for (ArbiterCall call : ready.arbiter()) {
            if (holdsArbiter || (holdsChanges && call instanceof ArbiterCall.CompareAndSet)) {
                heldCalls.add(call);
            } else {
                answers.add(answer(call));
            }
        }
        queries.addAll(ready.queries());
        for (LogQuery query : ready.queries()) {
            if (query instanceof LogQuery.Read read) {
                if (holdsReads) {
                    heldReads.add(read);
                } else {
                    answers.add(answer(read));
                }
            }
        }
        failure = failure.or(ready::failure);
        return answers;
    }

    private Input answer(LogQuery.Read read) {
        List<LogRecord> found = new ArrayList<>();
        long bytes = 0;
        long last = state.committed().lsn();
        for (long lsn = read.fromLsn(); read.fromLsn() >= firstLsnOnDisk && lsn <= last; lsn++) {
            bytes += record(lsn).length();
            if (bytes > read.maxBytes() && !found.isEmpty()) {
                break;
            }
            found.add(record(lsn));
        }
        return new Input.LogRead(read, Optional.of(new LogRange(firstLsnOnDisk, found)));
    }

    private Input answer(ArbiterCall call) {
        Optional<GridConfig> current = Optional.ofNullable(arbiter);
        if (call instanceof ArbiterCall.Read read) {
            return new Input.ConfigRead(read, current);
        }
        GridConfig proposal = ((ArbiterCall.CompareAndSet) call).proposal();
        Optional<String> refusal = GridConfig.transition(arbiter, proposal);
        if (refusal.isPresent()) {
            return new Input.CasAnswered(proposal, new CasResult.Refused(refusal.get(), current));
        }
        arbiter = proposal;
        return new Input.CasAnswered(proposal, new CasResult.Applied(proposal));
    }
}
