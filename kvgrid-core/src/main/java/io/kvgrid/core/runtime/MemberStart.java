package io.kvgrid.core.runtime;

import io.kvgrid.GridView;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.replication.ReplicaState;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecoveryReport;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets a member's data back: reads what the persistence holds, then makes this start durable. Runs on the loop. */
final class MemberStart {
    private static final Logger log = LoggerFactory.getLogger(MemberStart.class);
    private static final long REPORT_NANOS = 1_000_000_000;

    private final Loop loop;
    private final Persistence persistence;
    private final ReplicaMeta meta;
    private final ReplicaState state;
    private final StateRecovery recovery;
    private boolean ended;
    private volatile @Nullable RecoveryReport report;

    /** @param state still empty */
    MemberStart(
            Loop loop,
            Persistence persistence,
            ReplicaMeta meta,
            ReplicaState state,
            GridStore store,
            DirtyKeys dirtyKeys) {
        this.loop = loop;
        this.persistence = persistence;
        this.meta = meta;
        this.state = state;
        this.recovery = new StateRecovery(state, store, dirtyKeys);
    }

    /** How far it is; any thread. */
    GridView.Progress progress() {
        return recovery.progress();
    }

    /** What it found; empty until it is done. Any thread. */
    Optional<RecoveryReport> report() {
        return Optional.ofNullable(report);
    }

    /** Calls {@code recovered} on the loop with what the log left, or {@code damaged}; any other failure is thrown there. */
    void run(Consumer<ReplicaState> recovered, Consumer<CorruptLogException> damaged) {
        BiConsumer<@Nullable RecoveryReport, @Nullable Throwable> end =
                (found, failure) -> loop.execute(() -> recovered(found, failure, recovered, damaged));
        persistence.recover(recovery).whenComplete(end);
        loop.schedule(REPORT_NANOS, this::logProgress);
    }

    private void recovered(
            @Nullable RecoveryReport found,
            @Nullable Throwable failure,
            Consumer<ReplicaState> recovered,
            Consumer<CorruptLogException> damaged) {
        ended = true;
        if (found == null) {
            RuntimeException cause = asRuntime(failure);
            if (cause instanceof CorruptLogException corrupt) {
                damaged.accept(corrupt);
                return;
            }
            throw cause;
        }
        recovery.finish();
        report = found;
        if (found.bytesCut() > 0) {
            log.warn(
                    "node '{}' cut {} bytes off its log's end: {}", meta.nodeId(), found.bytesCut(), found.cutReason());
        }
        log.info(
                "node '{}' has read {} entries and {} records, {} bytes in {} segments, in {} ms; start {}, last run {}",
                meta.nodeId(),
                found.entries(),
                found.records(),
                found.bytesRead(),
                found.segments(),
                found.nanos() / 1_000_000,
                meta.startCount(),
                found.lastRun());
        recovered.accept(state);
    }

    private void logProgress() {
        if (!ended) {
            GridView.Progress progress = recovery.progress();
            log.info(
                    "node '{}' is recovering: {} of about {} entries and records, {} bytes so far",
                    meta.nodeId(),
                    progress.records(),
                    progress.estimatedRecords(),
                    progress.bytes());
            loop.schedule(REPORT_NANOS, this::logProgress);
        }
    }

    private static RuntimeException asRuntime(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
        if (cause instanceof Error e) {
            throw e;
        }
        return cause instanceof RuntimeException e ? e : new IllegalStateException("the recovery failed", cause);
    }
}
