package io.kvgrid.core.replication;

import io.kvgrid.spi.persistence.LogRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link Rules} with one of those broken on which reads, leases and time rest, for the simulator to find. */
public final class BrokenReads {
    private BrokenReads() {}

    /** P28: a read lease that lasts on. */
    public static Rules leaseThatOutlivesItsTime() {
        return new Rules() {
            @Override
            long leaseFrom(long sentNanos, long receivedNanos) {
                return sentNanos + 10_000_000_000L;
            }
        };
    }

    /** P13: authority that is not asked for again. */
    public static Rules cachedAuthority() {
        return new Rules() {
            @Override
            long authorityFrom(long sentNanos, long echoedNanos) {
                return sentNanos + 10_000_000_000L;
            }
        };
    }

    /** P26: a primary confirms reads without knowing that it is one still. */
    public static Rules confirmWithoutAuthority() {
        return new Rules() {
            @Override
            boolean mayAnswerReads(boolean authority, long commitLsn, long inheritedLsn) {
                return super.mayAnswerReads(true, commitLsn, inheritedLsn);
            }
        };
    }

    /** P45: nobody could exclude me. */
    public static Rules authorityWithoutEchoAtMinInSync() {
        return new Rules() {
            @Override
            List<@Nullable Progress> mustEcho(List<@Nullable Progress> others, boolean atMinimum) {
                return atMinimum ? List.of() : others;
            }
        };
    }

    /** P30: who is about to join reads by a lease too. */
    public static Rules leasesForJoiners() {
        return new Rules() {
            @Override
            boolean mayServe(boolean member, boolean reconciled) {
                return reconciled;
            }

            @Override
            boolean mayGrant(boolean member) {
                return true;
            }
        };
    }

    /** P25: no key is ever dirty. */
    public static Rules markNothing() {
        return new Rules() {
            @Override
            public List<LogRecord> marked(List<LogRecord> batch) {
                return List.of();
            }
        };
    }

    /** P27: a commit clears the marks of later writes too. */
    public static Rules clearAllMarks() {
        return new Rules() {
            @Override
            public long clearedUpTo(long commitLsn) {
                return Long.MAX_VALUE;
            }
        };
    }

    /** P36: a new primary begins grid time anew. */
    public static Rules forgetGridTime() {
        return new Rules() {
            @Override
            long gridTimeFrom(long loggedMillis, long heardMillis) {
                return 0;
            }
        };
    }

    /** P36: an entry is removed before its time. */
    public static Rules expireEarly() {
        return new Rules() {
            @Override
            long expiredBy(long gridTimeMillis) {
                return gridTimeMillis + 500;
            }
        };
    }

    /** P13: the old primary's authority is prolonged by one who is about to take its place. */
    public static Rules echoWhileTakingOver() {
        return new Rules() {
            @Override
            boolean mayEcho(boolean takingOver) {
                return true;
            }
        };
    }

    /** P13: a former primary forgets that it was one, and granted leases, until now. */
    public static Rules forgetOwnReign() {
        return new Rules() {
            @Override
            boolean countsFollowing() {
                return false;
            }
        };
    }

    /** P13: who was granted a lease by the predecessor is removed without a wait. */
    public static Rules forgetEarlierGrants() {
        return new Rules() {
            @Override
            boolean countsEarlierGrants(boolean handedOver) {
                return false;
            }
        };
    }
}
