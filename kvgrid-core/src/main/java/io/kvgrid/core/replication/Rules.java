package io.kvgrid.core.replication;

import io.kvgrid.core.message.Envelope;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The decisions on which the promises rest, each a small function of what it is given. Tests break them one by one, in
 * a subclass, and require that the simulator notices. Stateless.
 */
public class Rules {
    /** The real rules. */
    public Rules() {}

    /**
     * Whether a message was sent by, or is meant for, another run (P5).
     *
     * @param self this run
     * @param peer the sender's run that is connected; null for none
     */
    boolean isOfAnotherRun(Envelope envelope, UUID self, @Nullable UUID peer) {
        return !envelope.toBoot().equals(self) || !envelope.fromBoot().equals(peer);
    }

    /** Whether a message belongs to another time (P5): other lineage, older cv, older epoch. */
    boolean isStale(Envelope envelope, GridConfig config) {
        return !envelope.lineageId().equals(config.lineageId())
                || envelope.cv() < config.cv()
                || envelope.epoch() < config.epoch();
    }

    /** Whose disks must hold a record before it commits: the largest possible S (P11). */
    Collection<Member> mustHold(GridConfig config, @Nullable GridConfig proposed) {
        if (proposed == null) {
            return config.members();
        }
        Set<Member> members = new LinkedHashSet<>(config.members());
        members.addAll(proposed.members()); // a removal counts only once it is confirmed
        return members;
    }

    /**
     * The highest LSN that everyone who must hold it has forced (P11, P13).
     *
     * @param ownFlushedLsn forced here
     * @param othersFlushedLsn forced on each of the others, of that very store and run; 0 where unknown
     */
    long commitLsn(long ownFlushedLsn, long lastLsn, List<Long> othersFlushedLsn) {
        long lowest = ownFlushedLsn;
        for (long flushed : othersFlushedLsn) {
            lowest = Math.min(lowest, flushed);
        }
        return lowest;
    }

    /**
     * What counts of what was acknowledged: each member's own, whoever else has it too (P22).
     *
     * @param byMembers of those that must hold a record
     * @param known of all that have asked to join, in S or not
     */
    List<Long> counted(List<Long> byMembers, Collection<Progress> known) {
        return byMembers;
    }

    /** Where a new primary's log ends: it keeps all of it (P14). */
    long inheritedLsn(long lastLsn, long commitLsn) {
        return lastLsn;
    }

    /** The epoch that a new record carries: the present one, so that no LSN is used twice in it (P10). */
    long recordEpoch(long configEpoch, long lastRecordEpoch) {
        return configEpoch;
    }

    /** Where a follower cuts its log when it reconciles: behind the common prefix, nowhere else (P15, P16). */
    long truncateTo(long commonPrefixLsn, long commitLsn) {
        return commonPrefixLsn;
    }

    /** Whether what is known of a node's run speaks for the member that S names: the very store and run (P7, P12). */
    boolean isSameRun(Member known, Member recorded) {
        return known.storeId().equals(recorded.storeId()) && known.bootId().equals(recorded.bootId());
    }

    /** Whether the primary may answer reads: authority, and nothing inherited left uncommitted (P26). */
    boolean mayAnswerReads(boolean authority, long commitLsn, long inheritedLsn) {
        return authority && commitLsn > inheritedLsn;
    }

    /**
     * From when a primary that took over unplanned may commit (P13): whoever was left out by this change or the one before
     * it may hold a lease until then.
     *
     * @param heardNanos when this node last heard of a primary
     */
    long firstCommit(long heardNanos, long promiseNanos) {
        return heardNanos + 2 * promiseNanos;
    }

    /** From when a member may propose itself (P13): its promise is over, those of its earlier run included. */
    long takeOverFrom(long heardNanos, long startedNanos, long promiseNanos) {
        long promised = heardNanos + promiseNanos;
        long restarted = startedNanos + 2 * promiseNanos;
        return promised - restarted > 0 ? promised : restarted;
    }

    /** Whether a configuration that is followed, and with it the end of an own reign, counts as a beacon does (P13). */
    boolean countsFollowing() {
        return true;
    }

    /** Whether a follower echoes its primary's beacon: not while its own take-over is under way (P13). */
    boolean mayEcho(boolean takingOver) {
        return !takingOver;
    }

    /** From when records commit without a former member that was granted a lease then (P13). */
    long commitWithout(long grantedNanos, long promiseNanos) {
        return grantedNanos + promiseNanos;
    }

    /** From when a read lease counts: when it was asked for (P28). */
    long leaseFrom(long sentNanos, long receivedNanos) {
        return sentNanos;
    }

    /** From when authority counts: when the beacon was sent that was echoed (P13). */
    long authorityFrom(long sentNanos, long echoedNanos) {
        return sentNanos;
    }

    /** The LSN that must be committed before a refused condition that was judged on it is answered (P21). */
    long refusalWaitsFor(long judgedLsn, long commitLsn) {
        return judgedLsn;
    }

    /** Whether a joiner may be added to S (P35). */
    boolean mayAdd(long flushedLsn, long commitLsn, long inheritedLsn, long lastLsn, long maxLag) {
        return flushedLsn >= Math.max(commitLsn, inheritedLsn) && lastLsn - flushedLsn <= maxLag;
    }

    /** Whether a write has to be refused, before it has an LSN, since too much waits to be committed (P42). */
    boolean isTooMuch(long uncommittedBytes, long maxUncommittedBytes) {
        return uncommittedBytes > maxUncommittedBytes;
    }

    /** What the grid remembers of an operation; see {@link OperationTable#find} (P19). */
    long remembered(long found) {
        return found;
    }

    /** The LSN up to which a follower applies (P31). */
    long followerCommitLsn(long announcedCommitLsn, long lastLsn) {
        return Math.min(announcedCommitLsn, lastLsn);
    }

    /** Up to where records are added to a snapshot that was scanned while writes went on (P33). */
    List<LogRecord> snapshotTail(List<LogRecord> sinceScanBegan) {
        return sinceScanBegan;
    }

    /** Whether two nodes' states at the same LSN are the same (P38). */
    boolean statesAgree(long own, long primarys) {
        return own == primarys;
    }

    /**
     * Whether an id that another node names is of the very entry that this log has there (P12).
     *
     * @param own this log's entry at that LSN; null if it is no longer known
     */
    boolean isSameEntry(@Nullable RecordId own, RecordId named, long commitLsn) {
        return own == null ? named.lsn() <= commitLsn : own.equals(named);
    }

    /** Whether {@code config} makes this very run the primary: an earlier run's role is not resumed (P6). */
    boolean isLedBy(GridConfig config, Member self) {
        return config.isPrimary(self.nodeId(), self.bootId());
    }

    /** Whether a member may be removed from S (P17). */
    boolean mayRemove(int members, int minInSync) {
        return members > minInSync;
    }

    /** Whether the node that S names so, if it does, may propose itself as primary (P2, P7). */
    boolean mayTakeOver(@Nullable Member recorded, Member self) {
        return recorded != null && (recorded.equals(self) || recorded.isRenewedBy(self));
    }

    /**
     * Whose echoes authority needs: all others' of the largest possible S (P13), whether they could be removed or not (P45).
     *
     * @param atMinimum whether S cannot become smaller
     */
    List<@Nullable Progress> mustEcho(List<@Nullable Progress> others, boolean atMinimum) {
        return others;
    }

    /** Whether a new primary counts the leases that its predecessor may have granted just before: if it did not wait (P13). */
    boolean countsEarlierGrants(boolean handedOver) {
        return handedOver;
    }

    /** Whether a follower's log is a prefix of the primary's already, so that it is not cut any more (P16). */
    boolean isReconciled(long reconciledEpoch, long epoch) {
        return reconciledEpoch == epoch;
    }

    /** Whether a follower serves reads: only as a member whose log is reconciled (P30). */
    boolean mayServe(boolean member, boolean reconciled) {
        return member && reconciled;
    }

    /** Whether a read lease may be granted: to a member only (P30). */
    boolean mayGrant(boolean member) {
        return member;
    }

    /** What a condition is judged on first: the key's newest prepared record, committed or not (P20). */
    @Nullable
    LogRecord judgedOn(@Nullable LogRecord newestPrepared) {
        return newestPrepared;
    }

    /** Whether an answer leaves open what became of a write: an earlier attempt may be applied still (P19). */
    boolean isUncertain(int attempts) {
        return attempts > 1;
    }

    /** The grid time from which a new primary goes on: never below what anybody was told (P36). Milliseconds. */
    long gridTimeFrom(long loggedMillis, long heardMillis) {
        return Math.max(loggedMillis, heardMillis);
    }

    /** Entries whose time ends by then are removed by the primary (P36). Milliseconds of grid time. */
    long expiredBy(long gridTimeMillis) {
        return gridTimeMillis;
    }

    /** The records whose keys are marked before anything of a batch is sent (P25). */
    public List<LogRecord> marked(List<LogRecord> batch) {
        return batch;
    }

    /** Up to where marks are cleared once that is applied (P27). */
    public long clearedUpTo(long commitLsn) {
        return commitLsn;
    }

    /** What a follower acknowledges: only what has been forced (S1, P11). */
    long acknowledged(long flushedLsn, long lastLsn) {
        return flushedLsn;
    }
}
