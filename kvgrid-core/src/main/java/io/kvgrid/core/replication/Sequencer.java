package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.core.message.WriteResult.Kind;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Puts a primary's writes in order: judges each once, on what all before it will leave behind, gives it its place in the
 * log, and answers it when what the answer shows is committed. Expiry takes its place among them (P36).
 */
final class Sequencer {
    private static final byte[] NOTHING = new byte[0];
    private static final int MAX_EXPIRED_PER_TICK = 256;
    /** How often grid time is logged while entries have deadlines. */
    private static final long TIME_LOG_NANOS = 1_000_000_000;

    private final ReplicaContext context;
    private final InSyncSet inSync;
    private final PrimaryReads reads;
    private final long recordEpoch;
    private final long inheritedLsn;
    private final GridClock clock;
    private final PreparedState prepared = new PreparedState();
    private final Waiters waiters = new Waiters();
    private final JudgedRequests judged = new JudgedRequests();
    /** Those of this node's writes that an earlier primary may have applied (P19). */
    private final Set<OperationId> uncertain = new HashSet<>();

    /** Those of this node's writes that nobody waits for any more. */
    private final Set<OperationId> abandoned = new HashSet<>();

    private long loggedTimeNanos;

    /**
     * @param reads takes refusals that show what they found
     * @param recordEpoch what new records carry (P10)
     * @param inheritedLsn the last record that was there when this node became primary
     */
    Sequencer(ReplicaContext context, InSyncSet inSync, PrimaryReads reads, long recordEpoch, long inheritedLsn) {
        this.context = context;
        this.inSync = inSync;
        this.reads = reads;
        this.recordEpoch = recordEpoch;
        this.inheritedLsn = inheritedLsn;
        clock = new GridClock(
                context.rules.gridTimeFrom(context.state.gridTimeMillis(), context.heardGridTimeMillis),
                context.nowNanos);
        loggedTimeNanos = context.nowNanos;
        context.state.uncommittedAfter(0).forEach(prepared::add);
    }

    /** Writes the epoch's first record; committing it commits all that was inherited (P14). */
    void beginEpoch() {
        append(RecordFormat.body(RecordKind.EPOCH_START, 0, NOTHING, NOTHING), 0);
    }

    /** Grid time now; never below what has been logged. Milliseconds. */
    long gridTime() {
        return Math.max(context.state.gridTimeMillis(), clock.millis(context.nowNanos));
    }

    /**
     * A write that another node forwards.
     *
     * @param serving false if this node gives its role up: the write is for the next primary
     */
    void onRequest(NodeId from, Message.WriteRequest request, boolean serving) {
        UUID bootId = context.connected.get(from);
        if (bootId == null || !judged.isFirst(from, bootId, request.number())) {
            return;
        }
        WriteCommand command = WriteCommand.of(request);
        if (serving) {
            onWrite(from, command);
        } else {
            answer(from, command, WriteResult.of(Kind.NOT_PRIMARY));
        }
    }

    /** @param origin who asks; null for a client of this node */
    void onWrite(@Nullable NodeId origin, WriteCommand command) {
        long preparedLsn = prepared.lsnOf(command.operation());
        long known = context.rules.remembered(
                preparedLsn > 0 ? preparedLsn : context.state.operations().find(command.operation()));
        if (known > 0) { // P19: applied or on its way; the answer is the first one's
            answerAt(known, origin, command, WriteResult.acknowledged(known));
            return;
        }
        if (known == OperationTable.TOO_OLD) {
            answer(origin, command, WriteResult.of(Kind.TOO_OLD));
            return;
        }
        if (!inSync.isWritable()) {
            answer(origin, command, WriteResult.of(Kind.NOT_ENOUGH_REPLICAS));
            return;
        }
        if (context.rules.isTooMuch(
                context.state.uncommittedBytes() + command.body().length(), context.settings.maxUncommittedBytes())) {
            // P42: before an LSN is given
            answer(origin, command, WriteResult.of(Kind.OVERLOADED));
            return;
        }
        if (context.state.operations().isFullFor(command.operation().clientId(), gridTime())) {
            answer(origin, command, WriteResult.of(Kind.OVERLOADED)); // P19: no client is forgotten early for it
            return;
        }
        if (command.condition() != Condition.NONE && !holds(origin, command)) {
            return;
        }
        long expiry = command.timeToLiveMillis() == 0 ? 0 : gridTime() + command.timeToLiveMillis();
        LogRecord record = append(command.body().operation(command.operation(), command.clientFloor()), expiry);
        waiters.add(record.lsn(), new Waiters.Answer(origin, command, WriteResult.acknowledged(record.lsn())));
    }

    /** P20: judged once, on the latest prepared state. A refusal waits until what it shows is committed (P21). */
    private boolean holds(@Nullable NodeId origin, WriteCommand command) {
        LogRecord newest = context.rules.judgedOn(
                prepared.newest(command.body().mapId(), command.body().key()));
        long version;
        long seenLsn;
        if (newest == null) {
            version = context.committed.version(
                    command.body().mapId(), command.body().key());
            seenLsn = 0;
        } else {
            version = newest.kind() == RecordKind.PUT ? newest.lsn() : 0;
            seenLsn = newest.lsn();
        }
        boolean holds = switch (command.condition()) {
            case NONE -> true;
            case ABSENT -> version == 0;
            case PRESENT -> version != 0;
            case VERSION -> version != 0 && version == command.version();
        };
        if (!holds) {
            // what it shows must be committed by a primary that still is one (P26)
            long waitFor =
                    context.rules.refusalWaitsFor(Math.max(seenLsn, inheritedLsn + 1), context.state.commitLsn());
            answerAt(waitFor, origin, command, new WriteResult(Kind.CONDITION_FAILED, version));
        }
        return holds;
    }

    /** P36: expiry is a record. While entries have deadlines, grid time is logged at least each second. */
    void expire() {
        if (!context.committed.hasExpiring()) {
            return;
        }
        for (SnapshotEntry entry :
                context.committed.expired(context.rules.expiredBy(gridTime()), MAX_EXPIRED_PER_TICK)) {
            if (prepared.newest(entry.mapId(), entry.key()) == null) {
                byte[] key = new byte[entry.key().remaining()];
                entry.key().duplicate().get(key);
                append(RecordFormat.body(RecordKind.REMOVE, entry.mapId(), key, NOTHING), 0);
            }
        }
        boolean full =
                context.rules.isTooMuch(context.state.uncommittedBytes(), context.settings.maxUncommittedBytes());
        if (!full && context.hasPassed(loggedTimeNanos, TIME_LOG_NANOS)) { // P42: nothing may be committed for days
            append(RecordFormat.body(RecordKind.NO_OP, 0, NOTHING, NOTHING), 0);
        }
    }

    private LogRecord append(RecordBody body, long expiryMillis) {
        LogRecord record = body.seal(context.state.last(), recordEpoch, gridTime(), expiryMillis);
        context.state.append(record);
        prepared.add(record);
        loggedTimeNanos = context.nowNanos;
        context.effects.append(List.of(record));
        return record;
    }

    /** The commit index moved. */
    void onCommitted() {
        waiters.take(context.state.commitLsn()).forEach(this::answer);
    }

    /** The shell is about to apply what was committed in this turn: the store says what prepared state said. */
    void beforeApply() {
        prepared.remove(context.effects.applying());
        if (!abandoned.isEmpty()) {
            abandoned.removeIf(operation -> prepared.lsnOf(operation) == 0);
        }
    }

    /** This node's client no longer waits for that write. */
    void abandon(OperationId operation) {
        if (prepared.lsnOf(operation) > 0) { // otherwise it has been answered
            abandoned.add(operation);
        }
    }

    /** A write that this node's client asked for while the node was not the primary. */
    void onOpen(OpenOperations.Write open) {
        if (open.mayBeApplied()) {
            uncertain.add(open.command().operation());
        }
        onWrite(null, open.command());
    }

    /**
     * Another run orders the writes now: whether what is open here was applied, it decides. Takes what this node's clients
     * wait for, to be asked again. Other nodes ask again by themselves, with the same operation ids, until their deadlines.
     */
    OpenOperations stop() {
        List<OpenOperations.Write> open = new ArrayList<>();
        waiters.takeAll((answer, lsn) -> {
            if (answer.origin() == null && !abandoned.contains(answer.operation())) {
                open.add(new OpenOperations.Write(unsealed(lsn, answer.command()), true));
            }
        });
        return new OpenOperations(open, List.of());
    }

    /** The command as it was before its body became the record at {@code lsn}, if it did. */
    private WriteCommand unsealed(long lsn, WriteCommand command) {
        RecordWindow window = context.state.window();
        if (window.contains(lsn)) {
            LogRecord record = window.get(lsn);
            if (record.operation().filter(command.operation()::equals).isPresent()) {
                return command.with(
                        RecordFormat.body(record.kind(), record.mapId(), record.keyBytes(), record.valueBytes())
                                .operation(command.operation(), command.clientFloor()));
            }
        }
        return command.with(command.body().copy());
    }

    private void answerAt(long lsn, @Nullable NodeId origin, WriteCommand command, WriteResult result) {
        if (lsn <= context.state.commitLsn()) {
            answer(origin, command, result);
        } else {
            waiters.add(lsn, new Waiters.Answer(origin, command, result));
        }
    }

    private void answer(@Nullable NodeId origin, WriteCommand command, WriteResult result) {
        answer(new Waiters.Answer(origin, command, result));
    }

    private void answer(Waiters.Answer answer) {
        Waiters.Answer said = answer;
        if (answer.origin() == null) {
            if (uncertain.remove(answer.operation()) && answer.result().kind() != Kind.ACKNOWLEDGED) {
                said = answer.with(WriteResult.of(Kind.UNKNOWN));
            }
        }
        if (said.result().kind() == Kind.CONDITION_FAILED) {
            reads.add(said); // P26: it shows what is there, like a read
        } else {
            said.give(context);
        }
    }
}
