package io.kvgrid.core.replication;

import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the primary knows of one other node's run, and the sending to it. Starts by asking for the common prefix; then
 * either streams the log or, if the log does not reach back far enough, a snapshot first.
 */
final class Progress {
    private enum Phase {
        PROBE,
        REPLICATE,
        SNAPSHOT
    }

    private final ReplicaContext context;
    private final Member member;
    private Phase phase = Phase.PROBE;
    private @Nullable SnapshotSender snapshot;
    private long flushedLsn;
    /** The next record to send. */
    private long nextLsn = 1;

    private long announcedCommitLsn;
    private long probedNanos;
    private boolean probed;
    private long heardNanos;
    private long flushedNanos;
    private boolean echoed;
    private long echoedNanos;
    private boolean leaving;

    Progress(ReplicaContext context, Member member) {
        this.context = context;
        this.member = member;
        heardNanos = context.nowNanos;
        flushedNanos = context.nowNanos;
    }

    Member member() {
        return member;
    }

    /** Highest LSN known to be on its disk; 0 before the common prefix is known. */
    long flushedLsn() {
        return flushedLsn;
    }

    /** The last LSN that was sent to it. */
    long sentLsn() {
        return phase == Phase.REPLICATE ? nextLsn - 1 : 0;
    }

    boolean isReplicating() {
        return phase == Phase.REPLICATE;
    }

    boolean isReceivingSnapshot() {
        return phase == Phase.SNAPSHOT;
    }

    boolean isLeaving() {
        return leaving;
    }

    void leave() {
        leaving = true;
    }

    void heard() {
        heardNanos = context.nowNanos;
    }

    /** How long nothing has come from it. */
    long silentNanos() {
        return context.nowNanos - heardNanos;
    }

    /** How long records have been waiting for its disk without any progress; 0 if none wait. */
    long stalledNanos() {
        return phase == Phase.REPLICATE && flushedLsn < nextLsn - 1 ? context.nowNanos - flushedNanos : 0;
    }

    void echoed(long sentNanos) {
        if (!echoed || sentNanos - echoedNanos > 0) {
            echoed = true;
            echoedNanos = sentNanos;
        }
    }

    boolean hasEchoed() {
        return echoed;
    }

    /** When the newest beacon was sent that it has echoed. */
    long echoedNanos() {
        return echoedNanos;
    }

    /** Asks it where its log and this one part, again if it did not answer. */
    void probe() {
        if (phase == Phase.PROBE
                && (!probed || context.hasPassed(probedNanos, context.settings.retryNanos()))
                && context.isConnected(member.nodeId())) {
            probed = true;
            probedNanos = context.nowNanos;
            context.send(member.nodeId(), new Message.Reconcile(context.state.epochs(), context.state.last()));
        }
    }

    /** It asked to join (again): whatever was under way did not reach it. */
    void restart() {
        if (phase == Phase.SNAPSHOT && snapshot != null && !snapshot.isStuck()) {
            return;
        }
        startAgain();
    }

    /** Gives up what was under way and asks for the common prefix anew. */
    void startAgain() {
        phase = Phase.PROBE;
        snapshot = null;
        probed = false;
        probe();
    }

    /** Its log is a prefix of this one up to {@code last}, on its disk. */
    void onReconciled(RecordId last) {
        if (phase == Phase.REPLICATE || !agrees(last)) {
            return;
        }
        if (phase == Phase.SNAPSHOT && (snapshot == null || !snapshot.isLabel(last))) {
            return;
        }
        snapshot = null;
        if (!canFollow(last.lsn())) {
            phase = Phase.SNAPSHOT;
            snapshot = new SnapshotSender(context, member.nodeId());
            return;
        }
        phase = Phase.REPLICATE;
        nextLsn = last.lsn() + 1;
        flushed(last.lsn());
    }

    void onFlushed(RecordId flushed) {
        if (phase == Phase.REPLICATE && agrees(flushed) && flushed.lsn() > flushedLsn) {
            flushed(flushed.lsn());
        }
    }

    private void flushed(long lsn) {
        flushedLsn = lsn;
        flushedNanos = context.nowNanos;
        nextLsn = Math.max(nextLsn, lsn + 1);
    }

    /** It lacks what comes behind {@code last}. */
    void onReject(RecordId last) {
        if (phase == Phase.REPLICATE && last.lsn() + 1 < nextLsn) {
            nextLsn = Math.max(flushedLsn, last.lsn()) + 1;
        }
    }

    void onSnapshotAck(long snapshotId, int number) {
        if (snapshot != null) {
            snapshot.onAck(snapshotId, number);
        }
    }

    /** P12: an id counts only for the very entry that this log has there. */
    private boolean agrees(RecordId id) {
        if (id.lsn() > context.state.last().lsn()) {
            return false;
        }
        RecordId own = context.state.idOf(id.lsn());
        return own == null ? id.lsn() <= context.state.commitLsn() : own.equals(id);
    }

    /** The lowest LSN that must stay in memory for it; {@code Long.MAX_VALUE} for none. */
    long neededLsn() {
        if (phase == Phase.SNAPSHOT && snapshot != null) {
            return snapshot.neededLsn();
        }
        // one that follows needs what it has not got, and the record before it, which an append names; who has fallen
        // too far behind gets a snapshot
        return phase == Phase.REPLICATE ? flushedLsn : Long.MAX_VALUE;
    }

    /** Whether all that comes behind {@code lsn} is in memory, and the identity of that record, which an append names. */
    private boolean canFollow(long lsn) {
        return context.state.idOf(lsn) != null && context.state.window().firstLsn() <= lsn + 1;
    }

    /** Sends what fits into the window of what may be under way. */
    void sendMore(long commitLsn) {
        if (!context.isConnected(member.nodeId())) {
            return;
        }
        if (phase == Phase.SNAPSHOT && snapshot != null) {
            snapshot.sendMore();
            return;
        }
        if (phase != Phase.REPLICATE) {
            return;
        }
        if (!canFollow(nextLsn - 1)) {
            phase = Phase.PROBE; // what it needs is gone
            return;
        }
        RecordWindow window = context.state.window();
        while (nextLsn < window.endLsn()
                && window.bytesBetween(flushedLsn, nextLsn) < context.settings.maxInFlightBytes()) {
            RecordId previous = Objects.requireNonNull(context.state.idOf(nextLsn - 1));
            List<LogRecord> batch = window.batch(nextLsn, context.state.last().lsn(), context.settings.maxBatchBytes());
            if (flushedLsn >= nextLsn - 1) {
                flushedNanos = context.nowNanos; // nothing was waiting before this
            }
            append(previous, commitLsn, batch);
            nextLsn += batch.size();
        }
        if (announcedCommitLsn < commitLsn) {
            RecordId previous = Objects.requireNonNull(context.state.idOf(nextLsn - 1));
            append(previous, commitLsn, List.of()); // nothing else carries the commit index now
        }
    }

    private void append(RecordId previous, long commitLsn, List<LogRecord> records) {
        announcedCommitLsn = commitLsn;
        context.send(member.nodeId(), new Message.Append(previous, commitLsn, records));
    }
}
