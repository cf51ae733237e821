package io.kvgrid.core.runtime;

import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.replication.WriteCommand;
import io.kvgrid.spi.persistence.RecordBody;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A put or a removal on its way. */
public final class WriteOperation extends ClientOperation {
    private final Optional<OperationId> repeated;
    private final Condition condition;
    private final long version;
    private final long timeToLiveMillis;
    private final RecordBody body;
    private final int bytes;
    private final CompletableFuture<OperationAck> future = new CompletableFuture<>();
    private @Nullable OperationId id;
    private long lsn;
    private @Nullable OperationFailedException failure;
    /** Another caller's operation of the same id, which ends with this one. */
    @Nullable
    WriteOperation follower;

    /**
     * A write that has not been submitted yet.
     *
     * @param repeated the operation's identity if the caller names it; a new one is made otherwise
     * @param condition what must hold
     * @param version what {@link Condition#VERSION} asks for
     * @param timeToLiveMillis 0 for never
     * @param body key and value; used up by this operation
     * @param deadlineNanos when it ends at the latest, in the loop's time
     */
    public WriteOperation(
            Optional<OperationId> repeated,
            Condition condition,
            long version,
            long timeToLiveMillis,
            RecordBody body,
            long deadlineNanos) {
        super(deadlineNanos);
        this.repeated = repeated;
        this.condition = condition;
        this.version = version;
        this.timeToLiveMillis = timeToLiveMillis;
        this.body = body;
        this.bytes = body.length();
    }

    /** Completes on the callback executor, or at once if the operation is refused before it is under way. */
    public CompletableFuture<OperationAck> future() {
        return future;
    }

    @Override
    int bytes() {
        return bytes;
    }

    @Override
    Optional<OperationId> repeated() {
        return repeated;
    }

    /** Gives the operation its identity and place among its client's operations. */
    WriteCommand number(OperationId operation, long floor) {
        id = operation;
        return new WriteCommand(
                operation, floor, condition, version, timeToLiveMillis, body.operation(operation, floor));
    }

    OperationId id() {
        if (id == null) {
            throw new IllegalStateException("the operation has no identity yet");
        }
        return id;
    }

    void acknowledged(long atLsn) {
        lsn = atLsn;
    }

    void failed(OperationFailedException why) {
        failure = why;
    }

    @Override
    void reject(RuntimeException why) {
        future.completeExceptionally(why);
    }

    @Override
    public void run() {
        if (failure != null) {
            future.completeExceptionally(failure);
        } else {
            future.complete(new OperationAck(id(), lsn));
        }
    }
}
