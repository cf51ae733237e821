package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes the log and the metadata, and tells the replica what has become durable, in the order of the calls. Used by the
 * loop only.
 */
final class LogWriter {
    private final Persistence persistence;
    private final PersistenceQueue queue;
    private final Consumer<Input> replica;
    private long flushedLsn;
    private @Nullable Commit commitToSay;

    /** A commit index with the state that belongs to it, kept until all of it is durable. */
    private record Commit(long lsn, ByteBuffer state) {}

    /** @param flushedLsn what recovery found to be durable */
    LogWriter(Persistence persistence, PersistenceQueue queue, Consumer<Input> replica, long flushedLsn) {
        this.persistence = persistence;
        this.queue = queue;
        this.replica = replica;
        this.flushedLsn = flushedLsn;
    }

    /** {@link Input.LogFlushed} follows. */
    void append(List<LogRecord> records) {
        queue.submit(new Append(records));
    }

    /** {@link Input.LogTruncated} follows. */
    void truncateAfter(long lsn) {
        commitToSay = null; // names no record above lsn, but its turn comes again
        queue.submit(new PersistenceQueue.Call() {
            @Override
            CompletionStage<Void> make() {
                return persistence.truncateAfter(lsn);
            }

            @Override
            void succeeded() {
                flushedLsn = Math.min(flushedLsn, lsn);
                replica.accept(new Input.LogTruncated(lsn));
            }
        });
    }

    /** {@link Input.MetadataSaved} follows. */
    void save(ReplicaMeta metadata) {
        save(metadata, () -> replica.accept(new Input.MetadataSaved(metadata)));
    }

    /** Calls {@code durable} on the loop once the metadata is. */
    void save(ReplicaMeta metadata, Runnable durable) {
        ByteBuffer bytes = MetaCodec.encode(metadata);
        queue.submit(new PersistenceQueue.Call() {
            @Override
            CompletionStage<Void> make() {
                return persistence.saveMetadata(bytes.duplicate());
            }

            @Override
            void succeeded() {
                durable.run();
            }
        });
    }

    /**
     * Tells the persistence of the commit index. It must never hear of a record that it may still fail to take, since
     * committed records are not appended again: a joiner's commit index may run ahead of its own disk, and then it is
     * said later, with the state that belongs to it.
     */
    void committed(long lsn, Supplier<ByteBuffer> state) {
        if (lsn <= flushedLsn && !queue.isFailing()) {
            commitToSay = null;
            persistence.committed(lsn, state);
        } else if (commitToSay == null) {
            commitToSay = new Commit(lsn, state.get());
        }
    }

    /** A state received from another node has replaced the log up to {@code lsn}, durably. */
    void replacedUpTo(long lsn) {
        flushedLsn = lsn;
        commitToSay = null;
    }

    private void flushed(long lsn) {
        flushedLsn = lsn;
        Commit commit = commitToSay;
        if (commit != null && commit.lsn <= lsn) {
            commitToSay = null;
            persistence.committed(commit.lsn, () -> commit.state);
        }
        replica.accept(new Input.LogFlushed(lsn));
    }

    private final class Append extends PersistenceQueue.Call {
        private final List<LogRecord> records;

        Append(List<LogRecord> records) {
            this.records = records;
        }

        @Override
        CompletionStage<Void> make() {
            return persistence.append(records);
        }

        @Override
        void succeeded() {
            flushed(records.get(records.size() - 1).lsn());
        }

        @Override
        PersistenceQueue.@Nullable Call mergedWith(PersistenceQueue.Call next) {
            if (!(next instanceof Append following)) {
                return null;
            }
            List<LogRecord> all = new ArrayList<>(records);
            all.addAll(following.records);
            return new Append(all);
        }
    }
}
