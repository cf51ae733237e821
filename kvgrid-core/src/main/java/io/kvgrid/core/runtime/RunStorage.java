package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.Input;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.spi.persistence.Persistence;
import java.util.function.Consumer;

/** One run's hold on the persistence. What it has under way counts for nothing once the run has ended. Used by the loop only. */
final class RunStorage {
    private final PersistenceQueue queue;
    private final LogWriter log;
    private final LogReader logReader;
    private final SnapshotInstaller installer;

    /**
     * @param flushedLsn up to where the log is durable
     * @param onFatal called once, with what makes the persistence unusable for this run
     */
    RunStorage(
            Loop loop,
            Persistence persistence,
            GridStore store,
            DirtyKeys dirtyKeys,
            Consumer<Input> replica,
            long flushedLsn,
            Consumer<Throwable> onFatal) {
        queue = new PersistenceQueue(loop, onFatal);
        log = new LogWriter(persistence, queue, replica, flushedLsn);
        logReader = new LogReader(loop, persistence.logReads(), replica, onFatal);
        installer = new SnapshotInstaller(persistence, queue, store, dirtyKeys, log, replica);
    }

    LogWriter log() {
        return log;
    }

    LogReader logReader() {
        return logReader;
    }

    SnapshotInstaller installer() {
        return installer;
    }

    /** As {@link PersistenceQueue#stalledNanos} says. */
    long stalledNanos() {
        return queue.stalledNanos();
    }

    /** The run has ended: no new call is made, and nothing is told. */
    void end() {
        queue.end();
        logReader.end();
        installer.abort();
    }

    /** As {@link PersistenceQueue#whenDrained} says: the next run may use the persistence then. */
    void whenDrained(Runnable drained) {
        queue.whenDrained(drained);
    }
}
