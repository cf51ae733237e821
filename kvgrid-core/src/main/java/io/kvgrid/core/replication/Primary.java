package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.message.WriteResult;
import io.kvgrid.core.message.WriteResult.Kind;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The primary's part of the protocol: orders writes, replicates them, commits what every node of the largest possible S
 * has forced, and changes S (PacificA, MSR-TR-2008-25, sections 3 and 4).
 */
final class Primary implements RoleState {
    private static final byte[] NOTHING = new byte[0];

    private final ReplicaContext context;
    private final ConfigChanges changes;
    private final Authority authority;
    private final PreparedState prepared = new PreparedState();
    private final Waiters waiters = new Waiters();
    private final PrimaryReads reads;
    private final TreeMap<NodeId, Progress> progress = new TreeMap<>();
    private final JudgedRequests judged = new JudgedRequests();
    private final GridClock clock;
    private final long recordEpoch;
    private final boolean tookOver;
    /** The last record that was there when this node became primary, its epoch's first record not counted (P35). */
    private final long inheritedLsn;

    private final long startedNanos;
    private long beaconNanos;
    private boolean beaconDue = true;
    private long loggedTimeNanos;

    Primary(ReplicaContext context, ConfigChanges changes) {
        this.context = context;
        this.changes = changes;
        authority = new Authority(context);
        reads = new PrimaryReads(context);
        long epoch = context.requireConfig().epoch();
        tookOver = epoch > 1;
        recordEpoch = context.rules.recordEpoch(epoch, context.state.last().epoch());
        startedNanos = context.nowNanos;
        beaconNanos = context.nowNanos;
        loggedTimeNanos = context.nowNanos;
        clock = new GridClock(context.state.gridTimeMillis(), context.nowNanos);

        long kept = context.rules.inheritedLsn(context.state.last().lsn(), context.state.commitLsn());
        if (kept < context.state.last().lsn()) {
            List<LogRecord> dropped = context.state.truncateAfter(kept);
            context.effects.truncate(kept, dropped, context.state.uncommittedAfter(0));
            context.flushedLsn(Math.min(context.flushedLsn(), kept));
        }
        inheritedLsn = context.state.last().lsn();
        context.state.uncommittedAfter(0).forEach(prepared::add);
        append(RecordFormat.body(RecordKind.EPOCH_START, 0, NOTHING, NOTHING), 0);
        commit();
    }

    @Override
    public Role role() {
        return Role.PRIMARY;
    }

    @Override
    public boolean isServing() {
        return true;
    }

    // ---- writes

    @Override
    public void onWrite(WriteCommand command) {
        onWrite(null, command);
    }

    private void onWriteRequest(NodeId from, Message.WriteRequest request) {
        UUID bootId = context.connected.get(from);
        if (bootId != null && judged.isFirst(from, bootId, request.number())) {
            onWrite(from, WriteCommand.of(request));
        }
    }

    private void onWrite(@Nullable NodeId origin, WriteCommand command) {
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
        if (!hasEnoughReplicas()) {
            answer(origin, command, WriteResult.of(Kind.NOT_ENOUGH_REPLICAS));
            return;
        }
        if (context.state.uncommittedBytes() + command.body().length()
                > context.settings.maxUncommittedBytes()) { // P42: before an LSN is given
            answer(origin, command, WriteResult.of(Kind.OVERLOADED));
            return;
        }
        if (command.condition() != Condition.NONE && !holds(origin, command)) {
            return;
        }
        long expiry = command.timeToLiveMillis() == 0 ? 0 : gridTime() + command.timeToLiveMillis();
        LogRecord record = append(command.body().operation(command.operation(), command.clientFloor()), expiry);
        waiters.add(
                record.lsn(), new Waiters.Answer(origin, command.operation(), WriteResult.acknowledged(record.lsn())));
    }

    /** P20: judged once, on the latest prepared state. A refusal waits until what it shows is committed (P21). */
    private boolean holds(@Nullable NodeId origin, WriteCommand command) {
        LogRecord newest =
                prepared.newest(command.body().mapId(), command.body().key());
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

    private void answerAt(long lsn, @Nullable NodeId origin, WriteCommand command, WriteResult result) {
        if (lsn <= context.state.commitLsn()) {
            answer(origin, command, result);
        } else {
            waiters.add(lsn, new Waiters.Answer(origin, command.operation(), result));
        }
    }

    private void answer(@Nullable NodeId origin, WriteCommand command, WriteResult result) {
        answer(new Waiters.Answer(origin, command.operation(), result));
    }

    private void answer(Waiters.Answer answer) {
        if (answer.origin() == null) {
            context.effects.complete(answer.operation(), answer.result());
        } else {
            context.send(answer.origin(), new Message.WriteReply(answer.operation(), answer.result()));
        }
    }

    /** P17, P45: fewer than minInSync nodes answer, and none of the silent ones can be removed. */
    private boolean hasEnoughReplicas() {
        GridConfig config = context.requireConfig();
        int answering = 0;
        for (Member member : config.members()) {
            if (isSelf(member) || silentNanos(member) < context.settings.leaseNanos()) {
                answering++;
            }
        }
        return answering >= config.minInSync();
    }

    private LogRecord append(RecordBody body, long expiryMillis) {
        LogRecord record = body.seal(context.state.last(), recordEpoch, gridTime(), expiryMillis);
        context.state.append(record);
        prepared.add(record);
        loggedTimeNanos = context.nowNanos;
        context.effects.append(List.of(record));
        return record;
    }

    private long gridTime() {
        return Math.max(context.state.gridTimeMillis(), clock.millis(context.nowNanos));
    }

    // ---- commit

    @Override
    public void onFlushed() {
        commit();
    }

    private void commit() {
        List<Long> others = new ArrayList<>();
        for (Member member : mustHold()) {
            if (!isSelf(member)) {
                Progress known = of(member);
                others.add(known == null ? 0L : known.flushedLsn());
            } else if (!member.bootId().equals(context.self.bootId())) {
                others.add(0L); // an earlier run of this node cannot acknowledge
            }
        }
        long lsn = context.rules.commitLsn(
                context.flushedLsn(), context.state.last().lsn(), others);
        if (lsn > context.state.commitLsn()) {
            context.commit(lsn);
            waiters.take(context.state.commitLsn()).forEach(this::answer);
            answerReads();
        }
    }

    /** Whose disks must hold a record: the largest possible S (P11, P22). */
    private Set<Member> mustHold() {
        return context.rules.mustHold(context.requireConfig(), changes.proposed());
    }

    /** What is known of that very store and run of the node; null if nothing is (P7, P12). */
    private @Nullable Progress of(Member member) {
        Progress known = progress.get(member.nodeId());
        return known != null && context.rules.isSameRun(known.member(), member) ? known : null;
    }

    private boolean isSelf(Member member) {
        return member.nodeId().equals(context.self.nodeId());
    }

    // ---- reads

    @Override
    public void onReads(List<Long> readIds) {
        reads.add(readIds);
        answerReads();
        beaconDue |= !reads.isEmpty();
    }

    private void answerReads() {
        if (!reads.isEmpty() && mayAnswerAlone()) {
            reads.answer();
        }
    }

    /** P26: authority, and nothing inherited is left uncommitted. */
    private boolean mayAnswerAlone() {
        return context.rules.mayAnswerReads(
                authority.covers(context.nowNanos), context.state.commitLsn(), inheritedLsn);
    }

    /** What readers on this node may trust; null while there is nothing. */
    @Nullable
    Tenure tenure() {
        return context.state.commitLsn() > inheritedLsn ? authority.tenure() : null;
    }

    private void renewAuthority() {
        List<@Nullable Progress> others = new ArrayList<>();
        for (Member member : mustHold()) {
            if (!isSelf(member)) {
                others.add(of(member));
            }
        }
        authority.renew(others);
        answerReads();
    }

    // ---- messages

    @Override
    public void onMessage(NodeId from, Message message) {
        if (message instanceof Message.JoinRequest join) {
            onJoinRequest(from, join);
            return;
        }
        Progress known = progress.get(from);
        if (known == null || !known.member().bootId().equals(context.connected.get(from))) {
            if (message instanceof Message.WriteRequest request) {
                onWriteRequest(from, request);
            }
            return;
        }
        known.heard();
        if (message instanceof Message.AppendAck ack) {
            known.onFlushed(ack.flushed());
            commit();
            considerAdding(known);
        } else if (message instanceof Message.HeartbeatAck ack) {
            if (ack.sentNanos() - context.nowNanos <= 0) {
                known.echoed(ack.sentNanos());
            }
            renewAuthority();
        } else if (message instanceof Message.WriteRequest request) {
            onWriteRequest(from, request);
        } else if (message instanceof Message.ReadRequest request) {
            reads.add(from, request.nonce());
            answerReads();
            beaconDue |= !reads.isEmpty();
        } else if (message instanceof Message.Reconciled reconciled) {
            known.onReconciled(reconciled.last());
            commit();
            considerAdding(known);
        } else if (message instanceof Message.AppendReject reject) {
            known.onReject(reject.last());
        } else if (message instanceof Message.SnapshotAck ack) {
            known.onSnapshotAck(ack.snapshotId(), ack.number());
        } else if (message instanceof Message.Leave) {
            known.leave();
            considerRemoving();
        }
    }

    private void onJoinRequest(NodeId from, Message.JoinRequest join) {
        Member member = join.self();
        if (!member.nodeId().equals(from)
                || !member.bootId().equals(context.connected.get(from))
                || !isNewestRun(member)) {
            return;
        }
        Progress known = progress.get(from);
        if (known != null && known.member().equals(member)) {
            known.heard();
            known.restart();
            return;
        }
        Progress fresh = new Progress(context, member);
        progress.put(from, fresh);
        authority.interrupt();
        renewAuthority();
        fresh.probe();
        beaconDue = true;
    }

    /** P7: a directory that was copied or restored starts with a count that was used before. */
    private boolean isNewestRun(Member member) {
        return context.requireConfig()
                .member(member.nodeId())
                .map(recorded -> recorded.equals(member)
                        || !recorded.storeId().equals(member.storeId())
                        || recorded.isRenewedBy(member))
                .orElse(true);
    }

    @Override
    public void onPeerConnected(NodeId peer) {
        beaconDue = true;
        context.send(peer, new Message.ConfigAnnounce(context.requireConfig()));
        Progress known = progress.get(peer);
        if (known != null) {
            known.probe();
        }
    }

    @Override
    public void onPeerDisconnected(NodeId peer) {
        // silence is counted from the last message; a lost connection proves nothing
    }

    // ---- members

    private void considerAdding(Progress candidate) {
        GridConfig config = context.requireConfig();
        Member member = candidate.member();
        if (changes.isBusy()
                || candidate.isLeaving()
                || !candidate.isReplicating()
                || config.members().contains(member)) {
            return;
        }
        if (context.rules.mayAdd(
                candidate.flushedLsn(),
                context.state.commitLsn(),
                inheritedLsn,
                context.state.last().lsn(),
                context.settings.joinLagRecords())) {
            propose(config.with(member, context.newNonce()));
        }
    }

    private void considerRemoving() {
        GridConfig config = context.requireConfig();
        if (changes.isBusy() || config.members().size() <= config.minInSync()) { // P17
            return;
        }
        boolean grace = inStartupGrace();
        for (Member member : config.members()) {
            if (isSelf(member)) {
                continue;
            }
            Progress known = of(member);
            boolean leaving = known != null && known.isLeaving();
            boolean silent = silentNanos(member) >= context.settings.silenceNanos();
            boolean stalled = known != null && known.stalledNanos() >= context.settings.stallNanos();
            if (leaving || (!grace && (silent || stalled))) {
                propose(config.without(member.nodeId(), context.newNonce()));
                return;
            }
        }
    }

    /** A5: after a restart of all nobody is removed for silence until all had time to come back. */
    private boolean inStartupGrace() {
        return tookOver
                && !context.hasPassed(startedNanos, context.settings.startupGraceNanos())
                && context.requireConfig().members().stream().anyMatch(m -> !isSelf(m) && of(m) == null);
    }

    private long silentNanos(Member member) {
        Progress known = of(member);
        return known == null ? context.nowNanos - startedNanos : known.silentNanos();
    }

    private void propose(GridConfig proposal) {
        authority.interrupt(); // P13: before an addition is sent, and for every change of S
        changes.propose(proposal);
        renewAuthority();
    }

    @Override
    public void onConfig(GridConfig before) {
        authority.interrupt();
        GridConfig config = context.requireConfig();
        for (NodeId peer : context.connected.keySet()) {
            context.send(peer, new Message.ConfigAnnounce(config));
        }
        for (Member member : before.members()) {
            Progress known = of(member);
            if (known != null && !config.contains(member.nodeId())) {
                progress.remove(member.nodeId()); // it asks again if it lives
            }
        }
        beaconDue = true;
        renewAuthority();
        commit();
    }

    /** Everything that is still open has an unknown fate now. */
    void stepDown() {
        authority.interrupt();
        reads.drop();
        for (Waiters.Answer open : waiters.takeAll()) {
            answer(new Waiters.Answer(open.origin(), open.operation(), WriteResult.of(Kind.UNKNOWN)));
        }
    }

    // ---- time

    @Override
    public void onTick() {
        progress.values().forEach(Progress::probe);
        considerRemoving();
        progress.values().forEach(this::considerAdding);
        expire();
        renewAuthority();
    }

    /** P36: expiry is a record. While entries have deadlines, grid time is logged at least each second. */
    private void expire() {
        if (!context.committed.hasExpiring()) {
            return;
        }
        for (SnapshotEntry entry : context.committed.expired(gridTime(), 256)) {
            if (prepared.newest(entry.mapId(), entry.key()) == null) {
                byte[] key = new byte[entry.key().remaining()];
                entry.key().duplicate().get(key);
                append(RecordFormat.body(RecordKind.REMOVE, entry.mapId(), key, NOTHING), 0);
            }
        }
        if (context.hasPassed(loggedTimeNanos, 1_000_000_000L)) {
            append(RecordFormat.body(RecordKind.NO_OP, 0, NOTHING, NOTHING), 0);
        }
    }

    // ---- sending

    @Override
    public void beforeReady() {
        prepared.remove(context.effects.applying());
        pin();
        long commitLsn = context.state.commitLsn();
        progress.values().forEach(each -> each.sendMore(commitLsn));
        if (beaconDue || context.hasPassed(beaconNanos, context.settings.heartbeatNanos())) {
            beaconDue = false;
            beaconNanos = context.nowNanos;
            for (Progress each : progress.values()) {
                context.send(
                        each.member().nodeId(),
                        new Message.Heartbeat(context.nowNanos, each.sentLsn(), commitLsn, gridTime()));
            }
        }
    }

    private void pin() {
        boolean tooMuch = context.state.releasableBytes() > context.settings.pinnedBytes();
        long needed = Long.MAX_VALUE;
        for (Progress each : progress.values()) {
            if (tooMuch && each.isReceivingSnapshot()) {
                each.startAgain(); // P34: the cap is reached
            }
            needed = Math.min(needed, each.neededLsn());
        }
        context.state.pin(tooMuch ? Long.MAX_VALUE : needed);
    }

    // ---- view

    Map<NodeId, Progress> progress() {
        return progress;
    }
}
