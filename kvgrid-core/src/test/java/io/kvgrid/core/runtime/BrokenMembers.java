package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.BrokenReads;
import io.kvgrid.core.replication.LogChange;
import io.kvgrid.core.replication.Ready;
import io.kvgrid.core.replication.Tenure;
import io.kvgrid.core.store.StoredEntry;
import org.jspecify.annotations.Nullable;

/** {@link ConcurrentMember} with one step missing or in the wrong place, for Lincheck to find. */
final class BrokenMembers {
    private BrokenMembers() {}

    /** Reads by steps of its own. */
    private abstract static class Reader extends ConcurrentMember {
        private volatile @Nullable Tenure published;

        @Override
        void execute(Ready ready) {
            published = ready.tenure();
            super.execute(ready);
        }

        @Nullable
        Tenure published() {
            return published;
        }

        boolean isDirty() {
            return dirtyKeys.lsn(key) != 0;
        }

        StoredEntry value() {
            StoredEntry entry = store.get(key);
            return entry == null ? StoredEntry.ABSENT : entry;
        }
    }

    /** P27: the value before the mark. */
    public static final class ValueBeforeMark extends Reader {
        @Override
        @Nullable
        StoredEntry readNow() {
            Tenure before = published();
            StoredEntry entry = value();
            return !isDirty() && published() == before && covers(before) ? entry : null;
        }
    }

    /** P27: the lease before the value, and not again. */
    public static final class LeaseBeforeValue extends Reader {
        @Override
        @Nullable
        StoredEntry readNow() {
            return covers(published()) && !isDirty() ? value() : null;
        }
    }

    /** P27: whatever lease there is at the end. */
    public static final class AnyLeaseAtTheEnd extends Reader {
        @Override
        @Nullable
        StoredEntry readNow() {
            if (isDirty()) {
                return null;
            }
            StoredEntry entry = value();
            return covers(published()) ? entry : null;
        }
    }

    /** P27: no lease is looked at. */
    public static final class NoLease extends Reader {
        @Override
        @Nullable
        StoredEntry readNow() {
            return isDirty() ? null : value();
        }
    }

    /** P27: a lease that had lapsed goes on. */
    public static final class LapsedLeaseGoesOn extends ConcurrentMember {
        @Override
        Tenure renewed(@Nullable Tenure present, long nowNanos, long untilNanos) {
            return super.renewed(present, 0, untilNanos);
        }
    }

    /** P25: no key is ever dirty. */
    public static final class NoMarks extends ConcurrentMember {
        public NoMarks() {
            super(BrokenReads.markNothing());
        }
    }

    /** P27: a commit clears the marks of later writes too. */
    public static final class AllMarksCleared extends ConcurrentMember {
        public AllMarksCleared() {
            super(BrokenReads.clearAllMarks());
        }
    }

    /** P25: the acknowledgement leaves before the mark is there. */
    public static final class MarkAfterAcknowledgement extends ConcurrentMember {
        @Override
        void execute(Ready ready) {
            localReads().publish(ready.tenure());
            ready.send().forEach(this::send);
            change(ready);
            apply(ready);
        }
    }

    /** P27: the mark goes before the value comes. */
    public static final class MarkClearedBeforeApply extends ConcurrentMember {
        @Override
        void execute(Ready ready) {
            localReads().publish(ready.tenure());
            change(ready);
            dirtyKeys.clear(ready.commitLsn());
            ready.apply().forEach(store::apply);
            ready.send().forEach(this::send);
        }
    }

    /** P31: what is in the log is shown. */
    public static final class AppliedBeforeCommit extends ConcurrentMember {
        @Override
        void execute(Ready ready) {
            localReads().publish(ready.tenure());
            for (LogChange change : ready.log()) {
                if (change instanceof LogChange.Append append) {
                    append.records().forEach(store::apply);
                }
            }
            ready.send().forEach(this::send);
        }
    }

    /** P13: the lease is given back before readers here know. */
    public static final class LeaseEndsLast extends ConcurrentMember {
        @Override
        void execute(Ready ready) {
            change(ready);
            apply(ready);
            ready.send().forEach(this::send);
            localReads().publish(ready.tenure());
        }
    }
}
