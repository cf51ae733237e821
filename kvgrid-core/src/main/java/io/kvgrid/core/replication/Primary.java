package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.Role;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogRecord;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
    private final Grants grants;
    private final HandingOver handingOver;
    /** The last record that was there when this node became primary, its epoch's first record not counted (P35). */
    private final long inheritedLsn;

    /** Before this it grants no lease (P13). */
    private final long leadFromNanos;

    private long beaconNanos;
    private boolean beaconDue = true;

    /**
     * This node is primary from now on.
     *
     * @param leadFromNanos from when it may commit and grant leases (P13)
     * @param restarted whether no other node may have followed a primary for long (A5)
     */
    Primary(ReplicaContext context, ConfigChanges changes, long leadFromNanos, boolean restarted) {
        this.context = context;
        this.changes = changes;
        authority = new Authority(context);
        reads = new PrimaryReads(context);
        peers = new Peers(context);
        grants = new Grants(context, leadFromNanos);
        handingOver = new HandingOver(context, changes);
        this.leadFromNanos = leadFromNanos;
        beaconNanos = context.nowNanos - 1;

        long epoch = context.requireConfig().epoch();
        long recordEpoch = context.rules.recordEpoch(epoch, context.state.last().epoch());
        keepLog(context);
        inheritedLsn = context.state.last().lsn();
        inSync = new InSyncSet(context, changes, peers, inheritedLsn, restarted);
        sequencer = new Sequencer(context, inSync, reads, recordEpoch, inheritedLsn);
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
        return context.hasComeAsFar() ? Role.PRIMARY : Role.JOINING;
    }

    /** What clients ask for while the role is being handed over waits for the next primary. */
    @Override
    public boolean isServing() {
        return context.hasComeAsFar() && !handingOver.isUnderWay();
    }

    // ---- writes

    @Override
    public void onWrite(WriteCommand command) {
        sequencer.onWrite(null, command);
        confirm();
    }

    @Override
    public void onClockJumped() {
        authority.interrupt();
        peers.all().forEach(each -> each.withdrawAuthority(beaconNanos));
        beaconDue = true;
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
        if (lsn > context.state.commitLsn() && grants.mayCommit()) { // P13
            context.commit(lsn);
            sequencer.onCommitted();
            confirm();
        }
    }

    // ---- reads

    @Override
    public void onReads(List<Long> readIds) {
        reads.add(readIds);
        confirm();
    }

    /** Answers what waits for authority, or asks for it at once. */
    private void confirm() {
        answerReads();
        beaconDue |= reads.needsBeacon();
    }

    private void answerReads() {
        if (reads.isEmpty() || handingOver.isReleased()) {
            return;
        }
        if (!context.settings.leasedReads()) {
            if (context.rules.mayAnswerReads(true, context.state.commitLsn(), inheritedLsn)) {
                reads.answerEchoed(inSync.echoedBeacon());
            }
        } else if (context.rules.mayAnswerReads(
                authority.covers(context.nowNanos), context.state.commitLsn(), inheritedLsn)) { // P26
            reads.answer();
        }
    }

    @Override
    public @Nullable Tenure tenure() {
        return context.settings.leasedReads() && context.state.commitLsn() > inheritedLsn ? authority.tenure() : null;
    }

    private void renewAuthority() {
        if (!handingOver.isReleased()) {
            authority.renew(context.rules.mustEcho(inSync.others(), inSync.isSmallest()));
            answerReads();
        }
    }

    /** A member asks for a read lease: only what has authority can give one, and only to a member (P13, P30). */
    private void grant(Progress to, Message.LeaseRequest request) {
        if (context.nowNanos - leadFromNanos >= 0
                && authority.covers(context.nowNanos)
                && !inSync.isLeaving(to.member())
                && context.rules.mayGrant(context.requireConfig().members().contains(to.member()))) {
            grants.granted(to.member().nodeId(), context.nowNanos);
            context.send(to.member().nodeId(), new Message.LeaseGrant(request.sentNanos()));
        }
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
        } else if (message instanceof Message.Leave) {
            onLeave(from);
        } else if (message instanceof Message.WriteRequest request) {
            sequencer.onRequest(from, request, !handingOver.isUnderWay());
            confirm();
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
            if (ack.sentNanos() - beaconNanos <= 0) {
                from.echoed(ack.sentNanos());
            }
            renewAuthority();
        } else if (message instanceof Message.LeaseRequest request) {
            grant(from, request);
        } else if (message instanceof Message.ReadRequest request) {
            reads.add(from.member().nodeId(), request.nonce());
            confirm();
        } else if (message instanceof Message.Reconciled reconciled) {
            from.onReconciled(reconciled.last());
            commit();
            considerAdding(from);
        } else if (message instanceof Message.AppendReject reject) {
            from.onReject(reject.last());
        } else if (message instanceof Message.SnapshotAck ack) {
            from.onSnapshotAck(ack.snapshotId(), ack.number());
        }
    }

    /** It may not even have asked to join yet, if this node has only just become primary. */
    private void onLeave(NodeId from) {
        UUID bootId = context.connected.get(from);
        if (bootId != null) {
            inSync.leaves(bootId);
            grants.returned(from);
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

    /** Time has passed, a member takes leave, or the Arbiter is heard. */
    void considerRemoving() {
        propose(inSync.removal());
    }

    /** That node is gone for good, says an operator (P17); nothing is done if it is connected, or S would be too small. */
    void retire(NodeId node) {
        propose(inSync.retirement(node));
    }

    private void propose(@Nullable GridConfig proposal) {
        if (proposal != null && !handingOver.isReleased()) {
            authority.interrupt(); // P13: before an addition is sent, and for every change of S
            changes.propose(proposal);
            renewAuthority();
        }
    }

    @Override
    public void onConfig(GridConfig before) {
        authority.interrupt();
        handingOver.onConfig();
        inSync.onConfig();
        grants.onConfig(before, context.requireConfig());
        for (NodeId peer : context.connected.keySet()) {
            context.send(peer, new Message.ConfigAnnounce(context.requireConfig()));
        }
        peers.forgetRemoved(before);
        beaconDue = true;
        renewAuthority();
        commit();
    }

    @Override
    public void onAbandoned(OperationId operation) {
        sequencer.abandon(operation);
    }

    @Override
    public void goOn(OpenOperations open) {
        open.writes().forEach(sequencer::onOpen);
        onReads(open.reads());
    }

    @Override
    public OpenOperations stop() {
        context.keepLog(Long.MAX_VALUE);
        authority.interrupt();
        return sequencer.stop().and(reads.take());
    }

    // ---- handing the role over

    /** Prepares to leave the role to a member of S that has everything; goes on as before if there is none. */
    void handOver() {
        handingOver.begin();
    }

    /** The role was handed over: any other member may have been granted a lease just before (P13). */
    void countGrants(long atNanos) {
        for (Member member : context.requireConfig().members()) {
            if (!member.nodeId().equals(context.self.nodeId())) {
                grants.granted(member.nodeId(), atNanos);
            }
        }
    }

    /** P40: beacons alone do not keep a role. */
    private void considerDisk() {
        inSync.speed().judge();
        if (inSync.speed().isOwnBad() && inSync.healthySuccessor() != null) {
            handingOver.beginForDisk();
        }
    }

    /** P13: nothing is open, all earlier exclusions are settled, and authority ends here for good. */
    private void considerRelease() {
        if (handingOver.isUnderWay()
                && !handingOver.isReleased()
                && !changes.isBusy()
                && grants.mayCommit()
                && authority.covers(context.nowNanos)
                && (handingOver.isForDisk()
                        || context.state.commitLsn() == context.state.last().lsn())) {
            Progress successor = handingOver.isForDisk() ? inSync.healthySuccessor() : inSync.successor();
            if (successor != null) {
                authority.interrupt();
                handingOver.release(successor.member().nodeId());
            }
        }
    }

    /** Whether this node is alone in S and nobody who ever left it can hold a lease (P13). */
    boolean isSettled() {
        return inSync.others().isEmpty() && grants.mayCommit();
    }

    // ---- time

    @Override
    public void onTick() {
        peers.probe();
        commit();
        considerDisk();
        considerRemoving();
        peers.all().forEach(this::considerAdding);
        if (isServing()) {
            sequencer.expire();
        }
        renewAuthority();
        handingOver.onTick();
    }

    @Override
    public void beforeReady() {
        sequencer.beforeApply();
        inSync.speed().measure();
        peers.pin();
        peers.sendMore();
        considerRelease();
        if (handingOver.isReleased()) {
            return; // P13: no beacon, no grant
        }
        if (!inSync.isDeaf(authority.lapsedNanos())
                && (beaconDue || context.hasPassed(beaconNanos, context.settings.heartbeatNanos()))) {
            beaconDue = false;
            // each has its own name, whatever the clock does
            beaconNanos = context.nowNanos - beaconNanos > 0 ? context.nowNanos : beaconNanos + 1;
            reads.onBeacon(beaconNanos);
            peers.sendBeacon(beaconNanos, sequencer.gridTime());
            peers.sendDigest();
            answerReads();
        }
    }

    // ---- view

    Collection<Progress> peers() {
        return peers.all();
    }
}
