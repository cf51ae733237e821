package io.kvgrid.core.replication;

import io.kvgrid.GridView;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the primary knows of one other node's run, and the sending to it. Starts by asking for the common prefix; then
 * either streams the log, from memory or from disk, or, if the log does not reach back far enough, a snapshot first.
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
    /** The last record known to be on its disk. */
    private RecordId flushed = RecordId.NONE;
    /** What is sent to it next; of interest while it is replicated to. */
    private LogCursor log;

    private final InFlight inFlight = new InFlight();
    private final AckLatency latency = new AckLatency();
    /** This log did not reach back to what it needed: it gets a snapshot next. */
    private boolean logIsLost;

    private long announcedCommitLsn;
    private long digestedLsn;
    private long probedNanos;
    private boolean probed;
    private long heardNanos;
    private long flushedNanos;
    private boolean echoed;
    private long echoedNanos;
    private boolean givesAuthority;
    private long authorityFromNanos;
    private boolean withdrawn;
    private long withdrawnNanos;

    Progress(ReplicaContext context, Member member) {
        this.context = context;
        this.member = member;
        log = new LogCursor(context, RecordId.NONE);
        heardNanos = context.nowNanos;
        flushedNanos = context.nowNanos;
    }

    Member member() {
        return member;
    }

    /** Highest LSN known to be on its disk; 0 before the common prefix is known. */
    long flushedLsn() {
        return flushed.lsn();
    }

    /** The last LSN that was sent to it. */
    long sentLsn() {
        return phase == Phase.REPLICATE ? log.last().lsn() : 0;
    }

    boolean isReplicating() {
        return phase == Phase.REPLICATE;
    }

    boolean isReceivingSnapshot() {
        return phase == Phase.SNAPSHOT;
    }

    void heard() {
        heardNanos = context.nowNanos;
    }

    /** How long nothing has come from it. */
    long silentNanos() {
        return context.nowNanos - heardNanos;
    }

    /** How long its disk has made no progress although records wait for it, or it has not found its place in the log. */
    long stalledNanos() {
        return phase != Phase.REPLICATE || flushed.lsn() < log.last().lsn() ? context.nowNanos - flushedNanos : 0;
    }

    /** How long ago its disk made progress, or nothing waited for it. */
    long flushedAgoNanos() {
        return context.nowNanos - flushedNanos;
    }

    /** How long it takes to have on its disk what it is sent (P40). */
    AckLatency latency() {
        return latency;
    }

    void echoed(long sentNanos) {
        if (!echoed || sentNanos - echoedNanos > 0) {
            echoed = true;
            echoedNanos = sentNanos;
            if (!withdrawn || sentNanos - withdrawnNanos > 0) {
                givesAuthority = true;
                authorityFromNanos = context.rules.authorityFrom(sentNanos, context.nowNanos);
            }
        }
    }

    /** P29: only the echo of a beacon behind that one gives authority again. */
    void withdrawAuthority(long lastBeaconNanos) {
        givesAuthority = false;
        withdrawn = true;
        withdrawnNanos = lastBeaconNanos;
    }

    boolean givesAuthority() {
        return givesAuthority;
    }

    boolean hasEchoed() {
        return echoed;
    }

    /** When the newest beacon was sent that it has echoed. */
    long echoedNanos() {
        return echoedNanos;
    }

    /** From when its newest echo gives authority (P13). */
    long authorityFromNanos() {
        return authorityFromNanos;
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
        if (phase == Phase.REPLICATE) {
            flushedNanos = context.nowNanos;
        }
        phase = Phase.PROBE;
        snapshot = null;
        digestedLsn = 0;
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
        boolean hasSnapshot = snapshot != null;
        snapshot = null;
        if (!LogCursor.isInMemory(context, last) && !readsLogFor(last, hasSnapshot)) {
            phase = Phase.SNAPSHOT;
            logIsLost = false;
            snapshot = new SnapshotSender(context, member.nodeId());
            return;
        }
        phase = Phase.REPLICATE;
        sendFrom(last);
        flushed(last);
    }

    /**
     * Whether it is sent what comes behind {@code last} from disk. A node that has nothing gets the state; one that has
     * missed more records than there are entries, and not just a few, is served faster by the state as well.
     */
    private boolean readsLogFor(RecordId last, boolean hasSnapshot) {
        if (!context.readsLog || logIsLost) {
            return false;
        }
        long missing = context.state.commitLsn() - last.lsn();
        long few = Math.max(context.committed.size(), context.settings.joinLagRecords());
        return hasSnapshot || (last.lsn() > 0 && missing <= few);
    }

    void onFlushed(RecordId id) {
        if (phase == Phase.REPLICATE && agrees(id) && id.lsn() > flushed.lsn()) {
            flushed(id);
        }
    }

    private void flushed(RecordId id) {
        flushed = id;
        flushedNanos = context.nowNanos;
        inFlight.flushed(id.lsn());
        latency.durable(id.lsn(), context.nowNanos);
        if (log.last().lsn() < id.lsn()) {
            sendFrom(id); // it has what was about to be sent again
        }
    }

    private void sendFrom(RecordId last) {
        log = new LogCursor(context, last);
        inFlight.clear();
        latency.forget();
    }

    /** It lacks what comes behind {@code last}. */
    void onReject(RecordId last) {
        if (phase == Phase.REPLICATE && last.lsn() < log.last().lsn() && agrees(last)) {
            sendFrom(last.lsn() < flushed.lsn() ? flushed : last);
        }
    }

    void onLogRead(LogQuery.Read question, Optional<LogRange> range) {
        log.onRead(question, range);
        if (snapshot != null) {
            snapshot.onLogRead(question, range);
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
        return context.rules.isSameEntry(own, id, context.state.commitLsn());
    }

    /** The lowest LSN that must stay in memory for it; {@code Long.MAX_VALUE} for none. */
    long neededLsn() {
        if (phase == Phase.SNAPSHOT && snapshot != null) {
            return snapshot.neededLsn();
        }
        // one that follows needs what it has not got, and the record before it, which an append names; who has fallen
        // too far behind gets a snapshot
        return phase == Phase.REPLICATE ? flushed.lsn() : Long.MAX_VALUE;
    }

    /** The lowest LSN that must stay on disk for it (P34); {@code Long.MAX_VALUE} if memory is enough. */
    long neededOnDiskLsn() {
        if (phase == Phase.SNAPSHOT && snapshot != null) {
            return snapshot.neededLsn();
        }
        long nextLsn = flushed.lsn() + 1;
        return phase == Phase.REPLICATE && nextLsn < context.state.window().firstLsn() ? nextLsn : Long.MAX_VALUE;
    }

    /** Sends what fits into the window of what may be under way. */
    void sendMore(long commitLsn) {
        if (!context.isConnected(member.nodeId())) {
            return;
        }
        if (phase == Phase.SNAPSHOT && snapshot != null) {
            snapshot.sendMore();
            if (snapshot.isLost()) {
                startAgain(); // P34: more was written meanwhile than can be kept for it
            }
            return;
        }
        if (phase != Phase.REPLICATE) {
            return;
        }
        while (inFlight.bytes() < context.settings.maxInFlightBytes()) {
            RecordId previous = log.last();
            List<LogRecord> batch = log.next(context.state.last().lsn(), context.settings.maxBatchBytes());
            if (batch.isEmpty()) {
                break;
            }
            if (flushed.lsn() >= previous.lsn()) {
                flushedNanos = context.nowNanos; // nothing was waiting before this
            }
            append(previous, commitLsn, batch);
            inFlight.sent(batch);
            latency.given(log.last().lsn(), context.nowNanos);
        }
        if (log.isLost()) {
            phase = Phase.PROBE; // what it needs is gone
            logIsLost = true;
            return;
        }
        if (announcedCommitLsn < commitLsn) {
            append(log.last(), commitLsn, List.of()); // nothing else carries the commit index now
        }
    }

    /** P38: each state that comes is told once. */
    void sendDigest(GridView.StateDigest digest) {
        if (phase == Phase.REPLICATE && digest.lsn() > digestedLsn && context.isConnected(member.nodeId())) {
            digestedLsn = digest.lsn();
            context.send(member.nodeId(), new Message.StateDigest(digest.lsn(), digest.value()));
        }
    }

    private void append(RecordId previous, long commitLsn, List<LogRecord> records) {
        announcedCommitLsn = commitLsn;
        context.send(member.nodeId(), new Message.Append(previous, commitLsn, records));
    }
}
