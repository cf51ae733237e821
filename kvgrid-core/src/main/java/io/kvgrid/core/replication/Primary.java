package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogRecord;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The primary's part of the protocol: orders writes, replicates them, commits what every node of the largest possible S
 * has forced, and changes S (PacificA, MSR-TR-2008-25, sections 3 and 4). Brings its parts together: {@link Sequencer}
 * orders, {@link Peers} replicate, {@link InSyncSet} says what is committed and who belongs to S, {@link Authority} says
 * whether this node may answer reads, which wait in {@link PrimaryReads}.
 */
final class Primary implements RoleState {
    private final ReplicaContext context;
    private final ConfigChanges changes;
    private final Authority authority;
    private final PrimaryReads reads;
    private final Peers peers;
    private final InSyncSet inSync;
    private final Sequencer sequencer;
    /** The last record that was there when this node became primary, its epoch's first record not counted (P35). */
    private final long inheritedLsn;

    private long beaconNanos;
    private boolean beaconDue = true;

    Primary(ReplicaContext context, ConfigChanges changes) {
        this.context = context;
        this.changes = changes;
        authority = new Authority(context);
        reads = new PrimaryReads(context);
        peers = new Peers(context);
        beaconNanos = context.nowNanos;

        long epoch = context.requireConfig().epoch();
        long recordEpoch = context.rules.recordEpoch(epoch, context.state.last().epoch());
        keepLog(context);
        inheritedLsn = context.state.last().lsn();
        inSync = new InSyncSet(context, changes, peers, inheritedLsn, epoch > 1);
        sequencer = new Sequencer(context, inSync, recordEpoch, inheritedLsn);
        sequencer.beginEpoch();
        commit();
    }

    /** P14: all of it, unless a test breaks the rule. */
    private static void keepLog(ReplicaContext context) {
        long kept = context.rules.inheritedLsn(context.state.last().lsn(), context.state.commitLsn());
        if (kept < context.state.last().lsn()) {
            List<LogRecord> dropped = context.state.truncateAfter(kept);
            context.effects.truncate(kept, dropped, context.state.uncommittedAfter(0));
            context.flushedLsn(Math.min(context.flushedLsn(), kept));
        }
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
        sequencer.onWrite(null, command);
    }

    @Override
    public void onFlushed() {
        commit();
    }

    @Override
    public void onLogRead(LogQuery.Read question, Optional<LogRange> range) {
        peers.onLogRead(question, range);
    }

    private void commit() {
        long lsn = inSync.heldLsn();
        if (lsn > context.state.commitLsn()) {
            context.commit(lsn);
            sequencer.onCommitted();
            answerReads();
        }
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
        authority.renew(inSync.others());
        answerReads();
    }

    // ---- messages

    @Override
    public void onMessage(NodeId from, Message message) {
        Progress known = peers.connected(from);
        if (known != null && !(message instanceof Message.JoinRequest)) {
            known.heard();
        }
        if (message instanceof Message.JoinRequest join) {
            onJoinRequest(from, join);
        } else if (message instanceof Message.WriteRequest request) {
            sequencer.onRequest(from, request);
        } else if (known != null) {
            onMessage(known, message);
        }
    }

    /** What only a node says that has asked to join. */
    private void onMessage(Progress from, Message message) {
        if (message instanceof Message.AppendAck ack) {
            from.onFlushed(ack.flushed());
            commit();
            considerAdding(from);
        } else if (message instanceof Message.HeartbeatAck ack) {
            if (ack.sentNanos() - context.nowNanos <= 0) {
                from.echoed(ack.sentNanos());
            }
            renewAuthority();
        } else if (message instanceof Message.ReadRequest request) {
            reads.add(from.member().nodeId(), request.nonce());
            answerReads();
            beaconDue |= !reads.isEmpty();
        } else if (message instanceof Message.Reconciled reconciled) {
            from.onReconciled(reconciled.last());
            commit();
            considerAdding(from);
        } else if (message instanceof Message.AppendReject reject) {
            from.onReject(reject.last());
        } else if (message instanceof Message.SnapshotAck ack) {
            from.onSnapshotAck(ack.snapshotId(), ack.number());
        } else if (message instanceof Message.Leave) {
            from.leave();
            considerRemoving();
        }
    }

    private void onJoinRequest(NodeId from, Message.JoinRequest join) {
        Progress fresh = peers.join(from, join.self());
        if (fresh != null) {
            authority.interrupt();
            renewAuthority();
            fresh.probe();
            beaconDue = true;
        }
    }

    @Override
    public void onPeerConnected(NodeId peer) {
        beaconDue = true;
        context.send(peer, new Message.ConfigAnnounce(context.requireConfig()));
        peers.onConnected(peer);
    }

    @Override
    public void onPeerDisconnected(NodeId peer) {
        // silence is counted from the last message; a lost connection proves nothing
    }

    // ---- configuration

    private void considerAdding(Progress candidate) {
        propose(inSync.addition(candidate));
    }

    private void considerRemoving() {
        propose(inSync.removal());
    }

    private void propose(@Nullable GridConfig proposal) {
        if (proposal != null) {
            authority.interrupt(); // P13: before an addition is sent, and for every change of S
            changes.propose(proposal);
            renewAuthority();
        }
    }

    @Override
    public void onConfig(GridConfig before) {
        authority.interrupt();
        for (NodeId peer : context.connected.keySet()) {
            context.send(peer, new Message.ConfigAnnounce(context.requireConfig()));
        }
        peers.forgetRemoved(before);
        beaconDue = true;
        renewAuthority();
        commit();
    }

    /** Everything that is still open has an unknown fate now. */
    void stepDown() {
        context.keepLog(Long.MAX_VALUE);
        authority.interrupt();
        reads.drop();
        sequencer.stop();
    }

    // ---- time

    @Override
    public void onTick() {
        peers.probe();
        considerRemoving();
        peers.all().forEach(this::considerAdding);
        sequencer.expire();
        renewAuthority();
    }

    @Override
    public void beforeReady() {
        sequencer.beforeApply();
        peers.pin();
        peers.sendMore();
        if (beaconDue || context.hasPassed(beaconNanos, context.settings.heartbeatNanos())) {
            beaconDue = false;
            beaconNanos = context.nowNanos;
            peers.sendBeacon(sequencer.gridTime());
        }
    }

    // ---- view

    Collection<Progress> peers() {
        return peers.all();
    }
}
