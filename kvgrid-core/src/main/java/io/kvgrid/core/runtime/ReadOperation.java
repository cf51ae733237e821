package io.kvgrid.core.runtime;

import io.kvgrid.OperationFailedException;
import io.kvgrid.core.store.StoreKey;
import io.kvgrid.core.store.StoredEntry;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A read that could not be answered at once: it waits until this node's copy holds what it must see. */
public final class ReadOperation extends ClientOperation {
    /** Asks for every write acknowledged before the read began. */
    public static final long LINEARIZABLE = -1;

    private final StoreKey key;
    private final boolean linearizable;
    private final CompletableFuture<StoredEntry> future = new CompletableFuture<>();
    private long number;
    private long awaitedLsn;
    private StoredEntry found = StoredEntry.ABSENT;
    private @Nullable OperationFailedException failure;

    /**
     * A read that has not been submitted yet.
     *
     * @param minLsn what must have been applied here, or {@link #LINEARIZABLE}
     * @param deadlineNanos when it ends at the latest, in the loop's time
     */
    public ReadOperation(StoreKey key, long minLsn, long deadlineNanos) {
        super(deadlineNanos);
        this.key = key;
        linearizable = minLsn == LINEARIZABLE;
        awaitedLsn = linearizable ? 0 : minLsn;
    }

    /** Completes with the key's entry or {@link StoredEntry#ABSENT}, on the callback executor. */
    public CompletableFuture<StoredEntry> future() {
        return future;
    }

    @Override
    int bytes() {
        return 0;
    }

    StoreKey key() {
        return key;
    }

    boolean isLinearizable() {
        return linearizable;
    }

    /** What must have been applied here; 0 if the replica has to confirm a linearizable read. */
    long awaitedLsn() {
        return awaitedLsn;
    }

    void await(long lsn) {
        awaitedLsn = lsn;
    }

    /** Whether it ends when the replica confirms it, rather than when something has been applied. */
    boolean isConfirmed() {
        return linearizable && awaitedLsn == 0;
    }

    void number(long id) {
        number = id;
    }

    /** Names the read within this node's run. */
    long number() {
        return number;
    }

    void answered(StoredEntry entry) {
        found = entry;
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
            future.complete(found);
        }
    }
}
