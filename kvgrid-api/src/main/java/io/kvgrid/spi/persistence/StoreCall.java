package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One call of a {@link Persistence}, waiting for the store's thread. */
abstract class StoreCall {
    /** Completes when the call's changes are durable. */
    final CompletableFuture<Void> done = new CompletableFuture<>();

    private @Nullable RuntimeException refusal;

    /**
     * Adds the call's changes to {@code next}.
     *
     * @throws IllegalArgumentException if the call is refused; it has then added none
     */
    abstract void plan(TableState next);

    /** Whether this call makes {@code failed} again. */
    abstract boolean repeats(StoreCall failed);

    /** Whether {@code failed}, having failed retryably, will not be made again because of this call. */
    boolean givesUp(StoreCall failed) {
        return false;
    }

    /** Whether the caller gets a stage, and so learns of a failure. */
    boolean hasStage() {
        return true;
    }

    /** Called before the stage completes normally. */
    void succeeded() {}

    /** The call will fail with {@code reason}, whatever becomes of those around it. */
    final void refuse(RuntimeException reason) {
        refusal = reason;
    }

    final boolean isRefused() {
        return refusal != null;
    }

    /** Completes the stage: with the refusal, else with {@code failure}, else normally. */
    final void settle(@Nullable RuntimeException failure) {
        RuntimeException reason = refusal != null ? refusal : failure;
        if (reason == null) {
            succeeded();
            done.complete(null);
        } else {
            done.completeExceptionally(reason);
        }
    }

    static final class Append extends StoreCall {
        private final List<LogRecord> records;

        Append(List<LogRecord> records) {
            this.records = records;
        }

        @Override
        void plan(TableState next) {
            next.append(records);
        }

        @Override
        boolean repeats(StoreCall failed) {
            return failed instanceof Append that
                    && !records.isEmpty()
                    && records.get(0).equals(that.records.get(0));
        }
    }

    static final class Truncate extends StoreCall {
        private final long lsn;

        Truncate(long lsn) {
            this.lsn = lsn;
        }

        @Override
        void plan(TableState next) {
            next.truncateAfter(lsn);
        }

        @Override
        boolean repeats(StoreCall failed) {
            return failed instanceof Truncate that && lsn == that.lsn;
        }
    }

    static final class SaveMetadata extends StoreCall {
        private final ByteBuffer metadata;

        SaveMetadata(ByteBuffer metadata) {
            this.metadata = metadata;
        }

        @Override
        void plan(TableState next) {
            next.saveMetadata(metadata);
        }

        @Override
        boolean repeats(StoreCall failed) {
            return failed instanceof SaveMetadata that && metadata.equals(that.metadata);
        }
    }

    static final class Committed extends StoreCall {
        private final long lsn;
        private final @Nullable ByteBuffer state;

        Committed(long lsn, @Nullable ByteBuffer state) {
            this.lsn = lsn;
            this.state = state;
        }

        @Override
        void plan(TableState next) {
            next.committed(lsn, state);
        }

        @Override
        boolean repeats(StoreCall failed) {
            return false;
        }

        @Override
        boolean hasStage() {
            return false;
        }
    }

    /** A call of one installation. */
    abstract static class OfInstallation extends StoreCall {
        final long generation;

        OfInstallation(long generation) {
            this.generation = generation;
        }
    }

    static final class Install extends OfInstallation {
        private final List<SnapshotEntry> entries;

        Install(long generation, List<SnapshotEntry> entries) {
            super(generation);
            this.entries = entries;
        }

        @Override
        void plan(TableState next) {
            next.install(generation, entries);
        }

        @Override
        boolean repeats(StoreCall failed) {
            return failed instanceof Install that && generation == that.generation && entries.equals(that.entries);
        }
    }

    static final class Switch extends OfInstallation {
        private final RecordId label;
        private final ByteBuffer state;
        private final Runnable onSuccess;

        Switch(long generation, RecordId label, ByteBuffer state, Runnable onSuccess) {
            super(generation);
            this.label = label;
            this.state = state;
            this.onSuccess = onSuccess;
        }

        @Override
        void succeeded() {
            onSuccess.run();
        }

        @Override
        void plan(TableState next) {
            next.switchTo(generation, label, state);
        }

        @Override
        boolean repeats(StoreCall failed) {
            return failed instanceof Switch that && generation == that.generation;
        }
    }

    /** Gives an installation up, and with it the need to repeat a call of it that failed. */
    static final class Abort extends OfInstallation {
        Abort(long generation) {
            super(generation);
        }

        @Override
        void plan(TableState next) {
            next.endInstallation();
        }

        @Override
        boolean repeats(StoreCall failed) {
            return givesUp(failed);
        }

        @Override
        boolean givesUp(StoreCall failed) {
            return failed instanceof OfInstallation that && generation == that.generation;
        }

        @Override
        boolean hasStage() {
            return false;
        }
    }

    /** Something that is done between two batches. */
    static final class Between extends StoreCall {
        private final Runnable action;

        Between(Runnable action) {
            this.action = action;
        }

        void run() {
            action.run();
        }

        @Override
        void plan(TableState next) {
            throw new IllegalStateException("this call changes nothing");
        }

        @Override
        boolean repeats(StoreCall failed) {
            return false;
        }
    }
}
