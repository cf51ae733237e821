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

    /** From when this returns no read is answered by another tenure. */
    void publish(@Nullable Tenure current) {
        if (tenure != current) {
            tenure = current;
        }
    }

    /** Whether a tenure is in force. */
    boolean isLeased() {
        Tenure current = tenure;
        return current != null && current.covers(loop.nanoTime()) && clocks.agree();
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
        long now = loop.nanoTime();
        if (tenure != before || !before.covers(now) || !clocks.agree()) { // P29
            return null;
        }
        return entry == null ? StoredEntry.ABSENT : entry;
    }
}
