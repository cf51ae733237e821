package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.Tenure;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.StoreKey;
import io.kvgrid.core.store.StoredEntry;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Linearizable reads on the caller's thread, with no lock and no allocation (P27). The loop publishes this node's tenure
 * here before it carries out anything that could end its authority (P13).
 */
final class LocalReads {
    private final Loop loop;
    private final ClockWatch clocks;
    private final GridStore store;
    private final DirtyKeys dirtyKeys;
    private volatile @Nullable Tenure tenure;

    LocalReads(Loop loop, ClockWatch clocks, GridStore store, DirtyKeys dirtyKeys) {
        this.loop = loop;
        this.clocks = clocks;
        this.store = store;
        this.dirtyKeys = dirtyKeys;
    }

    /** From when this returns no read is answered by another tenure. Returns whether it is another one than before. */
    boolean publish(@Nullable Tenure current) {
        boolean changes = tenure != current;
        if (changes) {
            tenure = current;
        }
        return changes;
    }

    /** Whether a tenure is in force. */
    boolean isLeased() {
        Tenure current = tenure;
        return current != null && isInForce(current);
    }

    /** The entry or {@link StoredEntry#ABSENT}; null if it cannot be answered here and now. */
    @Nullable
    StoredEntry read(StoreKey key) {
        // the order of these steps is what makes the answer linearizable (P27)
        Tenure before = tenure;
        if (before == null || dirtyKeys.lsn(key) != 0) {
            return null;
        }
        StoredEntry entry = store.get(key);
        VarHandle.fullFence(); // the value was read before the clock
        if (!isInForce(before)) {
            return null;
        }
        return entry == null ? StoredEntry.ABSENT : entry;
    }

    /**
     * The LSN that has to be applied here before a linearizable read of a dirty key that begins now may be answered with the
     * store's value: all that was acknowledged before has been marked (P25), so the mark names the newest of it (P27). 0 if
     * that is nothing that this node can tell.
     */
    long awaitedLsn(StoreKey key) {
        Tenure before = tenure;
        long lsn = before == null ? 0 : dirtyKeys.lsn(key);
        VarHandle.fullFence(); // the mark was read before the clock
        return before != null && isInForce(before) ? lsn : 0;
    }

    /**
     * P29: whether {@code expected} is current and unexpired. Its being current is asked last: the clocks agree again only
     * after a tenure of before a jump has been replaced.
     */
    private boolean isInForce(Tenure expected) {
        return expected.covers(loop.nanoTime()) && clocks.agree() && tenure == expected;
    }
}
