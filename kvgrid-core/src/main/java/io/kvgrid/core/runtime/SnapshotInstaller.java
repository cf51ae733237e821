package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.InstallStep;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes in another node's state, on disk and in memory beside the present one, and switches both when all of it is
 * durable (P33). Used by the loop only.
 */
final class SnapshotInstaller {
    private final Persistence persistence;
    private final PersistenceQueue queue;
    private final GridStore store;
    private final DirtyKeys dirtyKeys;
    private final LogWriter log;
    private final Consumer<Input> replica;
    private @Nullable Installation current;
    private @Nullable Lost lost;

    /** What the persistence holds is damaged. */
    private record Lost(ByteBuffer emptyState, Runnable replaced) {}

    SnapshotInstaller(
            Persistence persistence,
            PersistenceQueue queue,
            GridStore store,
            DirtyKeys dirtyKeys,
            LogWriter log,
            Consumer<Input> replica) {
        this.persistence = persistence;
        this.queue = queue;
        this.store = store;
        this.dirtyKeys = dirtyKeys;
        this.log = log;
        this.replica = replica;
    }

    void execute(InstallStep step) {
        if (step instanceof InstallStep.Begin) {
            abort();
            current = new Installation();
        } else if (current == null) {
            throw new IllegalStateException(
                    "no snapshot has been begun: " + step.getClass().getSimpleName());
        } else {
            current.add(step);
        }
    }

    /**
     * What the persistence holds is damaged: it takes no record before another state is in its place (S7, P18), which may be
     * older than what readers have seen. The damaged one stays until then.
     *
     * @param emptyState the grid's state before its first record
     * @param replaced called once another state is in its place, durably
     */
    void contentIsLost(ByteBuffer emptyState, Runnable replaced) {
        lost = new Lost(emptyState, replaced);
        dirtyKeys.truncateAfter(0);
        store.expectOlder();
    }

    /** Records follow: of a grid whose first record the primary still has, so that it sends no snapshot. */
    void beforeAppend() {
        Lost content = lost;
        if (content == null) {
            return;
        }
        lost = null;
        abort();
        SnapshotInstallation empty = persistence.installSnapshot();
        queue.submit(new PersistenceQueue.Call() {
            @Override
            CompletionStage<Void> make() {
                return empty.commit(RecordId.NONE, content.emptyState);
            }

            @Override
            void succeeded() {
                content.replaced.run();
            }
        });
    }

    /** Gives up what was begun, if anything. */
    void abort() {
        if (current != null) {
            current.abort();
            current = null;
        }
    }

    /** One snapshot being received. The persistence takes one step at a time. */
    private final class Installation {
        private final SnapshotInstallation onDisk = persistence.installSnapshot();
        private final GridStore.Replacement inMemory = store.replacement();
        private final Deque<InstallStep> steps = new ArrayDeque<>();
        private boolean busy;
        private boolean aborted;

        void add(InstallStep step) {
            steps.addLast(step);
            next();
        }

        void abort() {
            aborted = true;
            onDisk.abort();
        }

        private void next() {
            InstallStep step = busy ? null : steps.pollFirst();
            if (step instanceof InstallStep.Add add) {
                List<SnapshotEntry> newer =
                        add.entries().stream().filter(inMemory::add).toList();
                submit(
                        () -> newer.isEmpty() ? CompletableFuture.completedFuture(null) : onDisk.add(newer),
                        () -> replica.accept(new Input.SnapshotAdded(add.number())));
            } else if (step instanceof InstallStep.Commit commit) {
                submit(() -> onDisk.commit(commit.label(), commit.state()), () -> committed(commit));
            }
        }

        private void committed(InstallStep.Commit commit) {
            current = null;
            dirtyKeys.truncateAfter(0); // the log that they belonged to is gone
            store.replaceBy(inMemory, commit.label().lsn());
            log.replacedUpTo(commit.label().lsn());
            if (lost != null) {
                lost.replaced.run();
                lost = null;
            }
            replica.accept(new Input.SnapshotInstalled());
        }

        private void submit(Supplier<CompletionStage<Void>> call, Runnable whenDone) {
            busy = true;
            queue.submit(new PersistenceQueue.Call() {
                @Override
                CompletionStage<Void> make() {
                    return aborted ? CompletableFuture.completedFuture(null) : call.get();
                }

                @Override
                void succeeded() {
                    if (!aborted) {
                        busy = false;
                        whenDone.run();
                        next();
                    }
                }
            });
        }
    }
}
