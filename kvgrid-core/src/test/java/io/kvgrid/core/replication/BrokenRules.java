package io.kvgrid.core.replication;

import io.kvgrid.core.message.Envelope;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@link Rules} with one of them broken, for the simulator to find. */
public final class BrokenRules {
    private BrokenRules() {}

    /** P11: the primary counts what it has not forced. */
    public static Rules acknowledgeBeforeOwnForce() {
        return new Rules() {
            @Override
            long commitLsn(long ownFlushedLsn, long lastLsn, List<Long> othersFlushedLsn) {
                return super.commitLsn(lastLsn, lastLsn, othersFlushedLsn);
            }
        };
    }

    /** P11: one of several secondaries is enough. */
    public static Rules acknowledgeWithoutASecondary() {
        return new Rules() {
            @Override
            long commitLsn(long ownFlushedLsn, long lastLsn, List<Long> othersFlushedLsn) {
                long best = othersFlushedLsn.stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(ownFlushedLsn);
                return Math.min(ownFlushedLsn, best);
            }
        };
    }

    /** S1: a secondary acknowledges what it has not forced. */
    public static Rules secondaryAcknowledgesBeforeForce() {
        return new Rules() {
            @Override
            long acknowledged(long flushedLsn, long lastLsn) {
                return lastLsn;
            }
        };
    }

    /** P16: a follower cuts its log at what it knows to be committed. */
    public static Rules truncateToTheCommitIndex() {
        return new Rules() {
            @Override
            long truncateTo(long commonPrefixLsn, long commitLsn) {
                return commitLsn;
            }
        };
    }

    /** P15: a follower keeps what its primary has not got. */
    public static Rules truncateNothing() {
        return new Rules() {
            @Override
            long truncateTo(long commonPrefixLsn, long commitLsn) {
                return Long.MAX_VALUE;
            }
        };
    }

    /** P14: a new primary drops what it does not know to be committed. */
    public static Rules primaryDropsItsTail() {
        return new Rules() {
            @Override
            long inheritedLsn(long lastLsn, long commitLsn) {
                return commitLsn;
            }
        };
    }

    /** P35: a joiner counts whatever it has. */
    public static Rules joinBeforeCaughtUp() {
        return new Rules() {
            @Override
            boolean mayAdd(long flushedLsn, long commitLsn, long inheritedLsn, long lastLsn, long maxLag) {
                return true;
            }
        };
    }

    /** P35: what the predecessor acknowledged may lie above the commit index. */
    public static Rules joinAtTheCommitIndex() {
        return new Rules() {
            @Override
            boolean mayAdd(long flushedLsn, long commitLsn, long inheritedLsn, long lastLsn, long maxLag) {
                return super.mayAdd(flushedLsn, commitLsn, 0, lastLsn, maxLag);
            }
        };
    }

    /** P19: a repeated write is a new one. */
    public static Rules forgetOperations() {
        return new Rules() {
            @Override
            long remembered(long found) {
                return 0;
            }
        };
    }

    /** P31: a follower applies all that it has. */
    public static Rules applyBeforeCommit() {
        return new Rules() {
            @Override
            long followerCommitLsn(long announcedCommitLsn, long lastLsn) {
                return lastLsn;
            }
        };
    }

    /** P10: records of a new reign carry the epoch of the one before. */
    public static Rules reuseAnLsn() {
        return new Rules() {
            @Override
            long recordEpoch(long configEpoch, long lastRecordEpoch) {
                return Math.max(1, lastRecordEpoch);
            }
        };
    }

    /** P5: messages of any epoch are taken, whichever run sent them. */
    public static Rules acceptAnOldEpoch() {
        return new Rules() {
            @Override
            boolean isOfAnotherRun(Envelope envelope, UUID self, @Nullable UUID peer) {
                return false;
            }

            @Override
            boolean isStale(Envelope envelope, GridConfig config) {
                return !envelope.lineageId().equals(config.lineageId());
            }
        };
    }

    /** P33: what was written during the scan is left out. */
    public static Rules snapshotWithoutTail() {
        return new Rules() {
            @Override
            List<LogRecord> snapshotTail(List<LogRecord> sinceScanBegan) {
                return List.of();
            }
        };
    }

    /** P11, P13: a member is left out as soon as its removal is asked for. */
    public static Rules removeBeforeTheArbiterConfirms() {
        return new Rules() {
            @Override
            Collection<Member> mustHold(GridConfig config, @Nullable GridConfig proposed) {
                Set<Member> members = new LinkedHashSet<>(super.mustHold(config, proposed));
                if (proposed != null) {
                    members.removeIf(member -> !proposed.contains(member.nodeId()));
                }
                return members;
            }
        };
    }

    /** P11: a joiner counts only when its addition is confirmed. */
    public static Rules ignoreAnAdditionUnderWay() {
        return new Rules() {
            @Override
            Collection<Member> mustHold(GridConfig config, @Nullable GridConfig proposed) {
                return super.mustHold(config, null);
            }
        };
    }

    /** P7, P12: another run or another disk of a node speaks for the one in S. */
    public static Rules anyRunSpeaksForTheMember() {
        return new Rules() {
            @Override
            boolean isSameRun(Member known, Member recorded) {
                return true;
            }
        };
    }

    /** P21: a refused condition is answered before what it saw is committed. */
    public static Rules refuseAtOnce() {
        return new Rules() {
            @Override
            long refusalWaitsFor(long judgedLsn, long commitLsn) {
                return commitLsn;
            }
        };
    }

    /** P26: a new primary answers before its tail is committed. */
    public static Rules readBeforeTheTailIsCommitted() {
        return new Rules() {
            @Override
            boolean mayAnswerReads(boolean authority, long commitLsn, long inheritedLsn) {
                return authority;
            }
        };
    }

    /** P13: whoever was left out by the change before may hold a lease still. */
    public static Rules commitALeaseAfterTheTakeOver() {
        return new Rules() {
            @Override
            long firstCommit(long heardNanos, long promiseNanos) {
                return heardNanos + promiseNanos;
            }
        };
    }

    /** P13: a member that hears nothing takes over at once. */
    public static Rules takeOverBeforeThePromiseEnds() {
        return new Rules() {
            @Override
            long takeOverFrom(long heardNanos, long startedNanos, long promiseNanos) {
                return heardNanos + promiseNanos / 6;
            }

            @Override
            long firstCommit(long heardNanos, long promiseNanos) {
                return heardNanos;
            }
        };
    }

    /** P13: what the earlier run promised is forgotten. */
    public static Rules takeOverRightAfterARestart() {
        return new Rules() {
            @Override
            long takeOverFrom(long heardNanos, long startedNanos, long promiseNanos) {
                return startedNanos;
            }

            @Override
            long firstCommit(long heardNanos, long promiseNanos) {
                return heardNanos;
            }
        };
    }

    /** P13: a removed member's lease is not waited for. */
    public static Rules commitWithoutWaitingForALease() {
        return new Rules() {
            @Override
            long commitWithout(long grantedNanos, long promiseNanos) {
                return grantedNanos;
            }
        };
    }

    /** P28: a lease counts from when its grant came. */
    public static Rules leaseFromReceipt() {
        return new Rules() {
            @Override
            long leaseFrom(long sentNanos, long receivedNanos) {
                return receivedNanos;
            }
        };
    }

    /** P13: authority counts from when the echo came. */
    public static Rules authorityFromReceipt() {
        return new Rules() {
            @Override
            long authorityFrom(long sentNanos, long echoedNanos) {
                return echoedNanos;
            }
        };
    }

    /** P12: an acknowledgement counts from any run and epoch, whatever entry it names. */
    public static Rules acknowledgementsOfAnyRunAndEntry() {
        return new Rules() {
            @Override
            boolean isOfAnotherRun(Envelope envelope, UUID self, @Nullable UUID peer) {
                return false;
            }

            @Override
            boolean isStale(Envelope envelope, GridConfig config) {
                return !envelope.lineageId().equals(config.lineageId());
            }

            @Override
            boolean isSameEntry(@Nullable RecordId own, RecordId named, long commitLsn) {
                return true;
            }
        };
    }

    /** P6: a restarted primary is primary still. */
    public static Rules resumeTheRole() {
        return new Rules() {
            @Override
            boolean isLedBy(GridConfig config, Member self) {
                return config.primary().equals(self.nodeId());
            }
        };
    }

    /** P22: as many acknowledgements as there are members will do, whoever sent them. */
    public static Rules acknowledgementsOfAnybody() {
        return new Rules() {
            @Override
            List<Long> counted(List<Long> byMembers, Collection<Progress> known) {
                List<Long> best = known.stream()
                        .map(Progress::flushedLsn)
                        .sorted(Comparator.reverseOrder())
                        .limit(byMembers.size())
                        .toList();
                return best.size() < byMembers.size() ? byMembers : best;
            }
        };
    }

    /** P42: writes get an LSN, however many wait. */
    public static Rules unboundedTail() {
        return new Rules() {
            @Override
            boolean isTooMuch(long uncommittedBytes, long maxUncommittedBytes) {
                return false;
            }
        };
    }

    /** P17: silent members are removed, however few remain. */
    public static Rules removeBelowMinInSync() {
        return new Rules() {
            @Override
            boolean mayRemove(int members, int minInSync) {
                return members > 1;
            }
        };
    }

    /** P2: whoever hears of no primary leads, in S or not. */
    public static Rules outsiderTakesOver() {
        return new Rules() {
            @Override
            boolean mayTakeOver(@Nullable Member recorded, Member self) {
                return true;
            }
        };
    }

    /** P16: a log is cut as often as somebody asks. */
    public static Rules reconcileAgain() {
        return new Rules() {
            @Override
            boolean isReconciled(long reconciledEpoch, long epoch) {
                return false;
            }
        };
    }

    /** P20: what is prepared and not committed is not looked at. */
    public static Rules judgeOnCommittedState() {
        return new Rules() {
            @Override
            @Nullable
            LogRecord judgedOn(@Nullable LogRecord newestPrepared) {
                return null;
            }
        };
    }

    /** P19: a refusal of the second attempt says what became of the first. */
    public static Rules lastAttemptDecides() {
        return new Rules() {
            @Override
            boolean isUncertain(int attempts) {
                return false;
            }
        };
    }

    /** P19: below the floor an operation is taken for new. */
    public static Rules tooOldIsNew() {
        return new Rules() {
            @Override
            long remembered(long found) {
                return found == OperationTable.TOO_OLD ? OperationTable.NEW : found;
            }
        };
    }
}
