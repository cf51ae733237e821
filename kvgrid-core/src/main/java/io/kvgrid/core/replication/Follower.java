package io.kvgrid.core.replication;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.Role;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every node that is not the primary: asks to join until its log is a prefix of the primary's, then takes what the
 * primary sends, and is a secondary once S names it.
 */
final class Follower implements RoleState {
    private final ReplicaContext context;
    private final ConfigChanges changes;
    private final Candidacy candidacy;
    private final ReadLease lease;
    private final Forwarder forwarder;
    private final SnapshotReceiver receiver;
    private final DigestCheck digests;
    /** The epoch in which this log was last made a prefix of the primary's; 0 for none in this run. */
    private long reconciledEpoch;
    /** The epoch whose truncation is under way. */
    private long truncatingEpoch;

    private long askedNanos;
    private boolean asked;
    private long rejectedLsn = -1;
    private long rejectedNanos;

    Follower(ReplicaContext context, ConfigChanges changes, Candidacy candidacy) {
        this.context = context;
        this.changes = changes;
        this.candidacy = candidacy;
        lease = new ReadLease(context);
        forwarder = new Forwarder(context);
        receiver = new SnapshotReceiver(context);
        digests = new DigestCheck(context);
    }

    @Override
    public Role role() {
        return isServing() ? Role.SECONDARY : Role.JOINING;
    }

    @Override
    public boolean isServing() {
        return isInSync() && context.hasComeAsFar();
    }

    private boolean isInSync() {
        return context.rules.mayServe(context.isMember(), isReconciled());
    }

    private boolean isReconciled() {
        return context.config() != null
                && reconciledEpoch == context.requireConfig().epoch()
                && !receiver.isActive();
    }

    private NodeId primary() {
        return context.requireConfig().primary();
    }

    Optional<GridView.Progress> progress() {
        return receiver.progress();
    }

    // ---- messages

    @Override
    public void onMessage(NodeId from, Message message) {
        if (message instanceof Message.Standing standing) {
            candidacy.onStanding(from, standing);
            return;
        }
        if (!from.equals(primary())) {
            return; // only the primary speaks to followers
        }
        if (message instanceof Message.Append append) {
            onAppend(append);
        } else if (message instanceof Message.Heartbeat heartbeat) {
            onHeartbeat(heartbeat);
        } else if (message instanceof Message.StateDigest digest) {
            digests.expect(digest);
        } else if (message instanceof Message.LeaseGrant grant) {
            if (isServing()) { // P30
                lease.onGrant(grant.sentNanos());
            }
        } else if (message instanceof Message.WriteReply reply) {
            forwarder.onReply(reply);
        } else if (message instanceof Message.ReadReply reply) {
            forwarder.onReply(reply);
        } else if (message instanceof Message.Reconcile reconcile) {
            onReconcile(reconcile);
        } else if (message instanceof Message.SnapshotChunk chunk) {
            if (!context.isMember()) {
                receiver.onChunk(from, chunk);
            }
        } else if (message instanceof Message.SnapshotEnd end) {
            if (isReconciled() && receiver.isRepeated(end)) {
                sendReconciled();
            } else if (!context.isMember()) {
                receiver.onEnd(from, end);
            }
        }
    }

    /** P15, P16: finds the common prefix and drops what lies behind it, once per epoch and run. */
    private void onReconcile(Message.Reconcile reconcile) {
        long epoch = context.requireConfig().epoch();
        if (receiver.isInstalling() || truncatingEpoch == epoch) {
            return;
        }
        receiver.reset(); // the primary gave the transfer up
        if (context.rules.isReconciled(reconciledEpoch, epoch)) {
            sendReconciled(); // this log is a prefix of the primary's already: nothing to drop (P16)
            return;
        }
        long common = context.rules.truncateTo(
                context.state.commonPrefix(reconcile.history(), reconcile.last()), context.state.commitLsn());
        if (common < context.state.commitLsn()) {
            throw new IllegalStateException("this node's committed log ends at " + context.state.committed()
                    + ", and the primary's agrees with it only up to lsn " + common + " (P16)");
        }
        if (common == context.state.last().lsn()) {
            reconciledEpoch = epoch;
            sendReconciled();
            return;
        }
        truncatingEpoch = epoch;
        lease.interrupt();
        List<LogRecord> dropped = context.state.truncateAfter(common);
        context.effects.truncate(common, dropped, context.state.uncommittedAfter(0));
        context.flushedLsn(Math.min(context.flushedLsn(), common));
    }

    /** The truncation is durable: this node may acknowledge in the new epoch (P16). */
    void onTruncated() {
        long epoch = truncatingEpoch;
        truncatingEpoch = 0;
        if (epoch != 0
                && context.config() != null
                && epoch == context.requireConfig().epoch()) {
            reconciledEpoch = epoch;
            sendReconciled();
        }
    }

    private void sendReconciled() {
        RecordId flushed = flushedId();
        if (flushed != null) {
            context.send(primary(), new Message.Reconciled(flushed));
        }
    }

    private @Nullable RecordId flushedId() {
        long lsn = Math.min(
                context.rules.acknowledged(
                        context.flushedLsn(), context.state.last().lsn()),
                context.state.last().lsn());
        return context.state.idOf(lsn);
    }

    /** Repeated, old, early or incomplete appends change nothing and lose nothing. */
    private void onAppend(Message.Append append) {
        if (!isReconciled()) {
            return;
        }
        RecordId last = context.state.last();
        if (append.previous().lsn() > last.lsn()) {
            reject(last);
            return;
        }
        List<LogRecord> fresh = append.records().stream()
                .filter(record -> record.lsn() > last.lsn())
                .toList();
        if (!fresh.isEmpty()) {
            if (!fresh.get(0).follows(last)) {
                throw new IllegalStateException(
                        "the primary's record " + fresh.get(0).id() + " does not follow this node's last one " + last
                                + " in the same epoch (P12)");
            }
            fresh.forEach(context.state::append);
            context.effects.append(fresh);
        }
        commit(append.commitLsn());
        if (fresh.isEmpty() && !append.records().isEmpty()) {
            acknowledge(); // the one for these records may have been lost
        }
    }

    private void commit(long announced) {
        long lsn =
                context.rules.followerCommitLsn(announced, context.state.last().lsn()); // P31
        if (lsn > context.state.commitLsn()) {
            context.commit(lsn);
            forwarder.onApplied();
        }
    }

    private void reject(RecordId last) {
        // once per gap: everything that is already under way has the same one
        if (rejectedLsn != last.lsn() || context.hasPassed(rejectedNanos, context.settings.retryNanos())) {
            rejectedLsn = last.lsn();
            rejectedNanos = context.nowNanos;
            context.send(primary(), new Message.AppendReject(last));
        }
    }

    private void onHeartbeat(Message.Heartbeat heartbeat) {
        boolean takingOver = changes.isBusy();
        if (context.rules.mayEcho(takingOver)) {
            context.send(primary(), new Message.HeartbeatAck(heartbeat.sentNanos()));
        }
        if (takingOver) {
            return; // P13: this node has asked to be primary itself
        }
        candidacy.heardPrimary();
        context.heardGridTimeMillis = Math.max(context.heardGridTimeMillis, heartbeat.gridTimeMillis());
        if (isServing()) {
            lease.request();
        }
        if (isReconciled()) {
            if (heartbeat.sentLsn() > context.state.last().lsn()) {
                reject(context.state.last());
            }
            commit(Math.min(heartbeat.commitLsn(), context.state.last().lsn()));
            acknowledge();
        }
    }

    @Override
    public void onFlushed() {
        if (isReconciled()) {
            acknowledge();
        }
    }

    private void acknowledge() {
        RecordId flushed = flushedId();
        if (flushed != null) {
            context.send(
                    primary(),
                    new Message.AppendAck(flushed, context.state.last().lsn()));
        }
    }

    @Override
    public void onClockJumped() {
        lease.onClockJumped();
    }

    // ---- snapshot

    void onSnapshotAdded(int number) {
        receiver.onAdded(number);
    }

    /** The snapshot is this node's state now, on disk and for readers. */
    void onSnapshotInstalled() {
        if (receiver.onInstalled()) {
            reconciledEpoch = context.requireConfig().epoch();
            sendReconciled();
        }
    }

    // ---- client operations

    @Override
    public void onWrite(WriteCommand command) {
        forwarder.write(command);
    }

    @Override
    public void onReads(List<Long> readIds) {
        forwarder.read(readIds);
    }

    @Override
    public void onAbandoned(OperationId operation) {
        forwarder.abandon(operation);
    }

    @Override
    public void goOn(OpenOperations open) {
        forwarder.goOn(open);
    }

    @Override
    public OpenOperations stop() {
        lease.interrupt();
        return forwarder.stop();
    }

    @Override
    public @Nullable Tenure tenure() {
        return isServing() ? lease.tenure() : null;
    }

    // ---- configuration, connections, time

    @Override
    public void onConfig(GridConfig before) {
        lease.interrupt();
        digests.forget();
        if (before.epoch() != context.requireConfig().epoch()) {
            receiver.reset();
        }
        asked = false;
        forwarder.onConfig();
        if (isReconciled()) {
            acknowledge(); // P5: a fresh cumulative one under the new cv
        }
        askToJoin();
    }

    @Override
    public void onPeerConnected(NodeId peer) {
        if (context.config() != null && peer.equals(primary())) {
            asked = false;
            askToJoin();
            forwarder.onPrimaryConnected();
        }
    }

    @Override
    public void onPeerDisconnected(NodeId peer) {
        candidacy.onPeerDisconnected(peer);
    }

    @Override
    public void onTick() {
        digests.compare();
        candidacy.tell();
        askToJoin();
        forwarder.onTick();
    }

    /** Until this run is in S and reconciled; while a snapshot arrives there is nothing to ask for. */
    private void askToJoin() {
        if (context.config() == null
                || isInSync()
                || truncatingEpoch != 0
                || receiver.isProgressing()
                || (asked && !context.hasPassed(askedNanos, askIntervalNanos()))) {
            return;
        }
        asked = true;
        askedNanos = context.nowNanos;
        context.send(primary(), new Message.JoinRequest(context.self, context.state.last()));
    }

    /** Once reconciled the primary knows this node; asking again only serves if that was lost. */
    private long askIntervalNanos() {
        return isReconciled() ? 4 * context.settings.leaseNanos() : context.settings.retryNanos();
    }

    void leave() {
        if (context.isMember()) {
            context.send(primary(), new Message.Leave());
        }
    }

    @Override
    public void beforeReady() {
        if (isServing()) {
            forwarder.beforeReady();
        }
    }
}
