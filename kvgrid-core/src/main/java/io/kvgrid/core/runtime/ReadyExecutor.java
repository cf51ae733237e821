package io.kvgrid.core.runtime;

import io.kvgrid.NodeId;
import io.kvgrid.core.replication.Completion;
import io.kvgrid.core.replication.LogChange;
import io.kvgrid.core.replication.Outbound;
import io.kvgrid.core.replication.Ready;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.core.replication.Rules;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.LogRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Carries out what the replica wants done, in the order that {@link Ready} states. After recovery it is the only one that
 * has the persistence written, messages sent and the store changed. Used by the loop only.
 */
final class ReadyExecutor {
    private final Rules rules;
    private final LocalReads localReads;
    private final LogWriter log;
    private final LogReader logReader;
    private final SnapshotInstaller installer;
    private final GridStore store;
    private final DirtyKeys dirtyKeys;
    private final Supplier<ByteBuffer> gridState;
    private final PendingWrites writes;
    private final PendingReads reads;
    private final Callbacks callbacks;
    private final Consumer<Outbound> network;
    private final ArbiterCaller arbiter;
    private final StatusBoard board;

    /** @param gridState the grid's state beside its entries, at the commit index */
    ReadyExecutor(
            Rules rules,
            LocalReads localReads,
            LogWriter log,
            LogReader logReader,
            SnapshotInstaller installer,
            GridStore store,
            DirtyKeys dirtyKeys,
            Supplier<ByteBuffer> gridState,
            PendingWrites writes,
            PendingReads reads,
            Callbacks callbacks,
            Consumer<Outbound> network,
            ArbiterCaller arbiter,
            StatusBoard board) {
        this.rules = rules;
        this.localReads = localReads;
        this.log = log;
        this.logReader = logReader;
        this.installer = installer;
        this.store = store;
        this.dirtyKeys = dirtyKeys;
        this.gridState = gridState;
        this.writes = writes;
        this.reads = reads;
        this.callbacks = callbacks;
        this.network = network;
        this.arbiter = arbiter;
        this.board = board;
    }

    /**
     * Carries out all of {@code ready}.
     *
     * @param status asked only if the view has changed
     * @throws ReplicaFailedException if the replica stops for good; nothing has been done then but to end its authority
     */
    void execute(Ready ready, Supplier<ReplicaStatus> status) {
        if (localReads.publish(ready.tenure())) {
            reads.restart();
        }
        if (ready.failure().isPresent()) {
            throw new ReplicaFailedException(ready.failure().get());
        }
        ready.metadata().ifPresent(log::save);
        ready.log().forEach(this::change);
        ready.install().forEach(installer::execute);
        apply(ready);
        complete(ready.complete());
        ready.reads().forEach(read -> reads.confirmed(read.readId()));
        if (ready.viewChanged()) {
            board.publish(status.get());
        }
        if (board.isReadable()) {
            reads.applied();
        }
        callbacks.flush();
        ready.send().forEach(network);
        ready.queries().forEach(logReader::execute);
        ready.arbiter().forEach(arbiter::call);
    }

    private void change(LogChange change) {
        if (change instanceof LogChange.Append append) {
            dirtyKeys.mark(
                    rules.marked(append.records())); // visible before anything of it is sent or acknowledged (P25)
            installer.beforeAppend();
            log.append(append.records());
        } else if (change instanceof LogChange.Truncate truncate) {
            reads.restart();
            dirtyKeys.truncateAfter(truncate.lsn());
            log.truncateAfter(truncate.lsn());
        }
    }

    private void apply(Ready ready) {
        if (ready.apply().isEmpty()) {
            return;
        }
        for (LogRecord record : ready.apply()) {
            store.apply(record);
        }
        dirtyKeys.clear(rules.clearedUpTo(ready.commitLsn())); // after the values, before the futures (P27)
        log.committed(ready.commitLsn(), gridState);
    }

    private void complete(List<Completion> completions) {
        if (!completions.isEmpty()) {
            NodeId primary = board.status().config().map(GridConfig::primary).orElse(null);
            for (Completion completion : completions) {
                writes.complete(completion, primary);
            }
        }
    }
}
