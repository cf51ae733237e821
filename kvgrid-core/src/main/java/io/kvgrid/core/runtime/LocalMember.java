package io.kvgrid.core.runtime;

import io.kvgrid.NodeId;
import io.kvgrid.OperationFailedException;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.core.store.StoreKey;
import io.kvgrid.core.store.StoredEntry;
import io.kvgrid.spi.persistence.RecoveryReport;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This node's member of the grid, as its clients see it. Thread-safe; no method blocks. Operations end through their
 * futures, within their deadlines.
 */
public interface LocalMember {
    /** The look-up form of a key; the bytes are not copied and must not change. */
    StoreKey key(int mapId, byte[] key);

    /**
     * Submits a write. Refused at once with {@link io.kvgrid.OverloadedException} if too much is under way, and with
     * {@link io.kvgrid.GridClosedException} once the node closes; before the node has its role it waits, in order.
     */
    void write(WriteOperation operation);

    /** Submits a read; refused as a write is. */
    void read(ReadOperation operation);

    /**
     * A linearizable read answered from this node's copy now: its authority is in force and no write of the key is under
     * way (P27). Allocates nothing.
     *
     * @return the entry, or {@link StoredEntry#ABSENT}; null if it cannot be answered now: {@link #read} it
     */
    @Nullable
    StoredEntry readNow(StoreKey key);

    /**
     * This node's committed copy of the key as it is ({@code LOCAL}). Allocates nothing.
     *
     * @return the entry, or {@link StoredEntry#ABSENT}; null if this node's copy may not be read: it is not ready
     */
    @Nullable
    StoredEntry peek(StoreKey key);

    /** Why {@link #peek} has no answer, and what to do. */
    OperationFailedException notReady();

    /** The last record that reads on this node see. */
    long appliedLsn();

    /** Whether {@link #readNow} answers for a key that nobody is writing. */
    boolean isLeased();

    /** How many entries this node holds, over all maps. */
    long entries();

    /** Role, configuration and progress: newest at every change of the role or the configuration, counters a little older. */
    ReplicaStatus status();

    /** What this node found in its own data when it started; empty until that is done. */
    Optional<RecoveryReport> recovery();

    /** Tells {@code listener} of every change of role or configuration from now on, in order, on the loop: it must not block. */
    void onStatusChange(Consumer<ReplicaStatus> listener);

    /** Completes on the loop when this node has its data and a role; fails with a {@link io.kvgrid.GridStartException}. */
    CompletionStage<Void> ready();

    /** The loop's time, in which deadlines are given. */
    long nanoTime();

    /**
     * Leaves the role of primary to a secondary.
     *
     * @return completes when this node is not primary; fails with an {@link IllegalStateException} if no other could be
     */
    CompletionStage<Void> handOver();

    /**
     * Counts no longer on a node that will not come back.
     *
     * @return completes when the configuration says so; fails with an {@link IllegalStateException} that says why not
     */
    CompletionStage<Void> retire(NodeId node);

    /**
     * Takes no more operations, lets those under way end, leaves the grid, and fails what is left; bounded by {@code
     * limitNanos}. Idempotent.
     *
     * @return completes on the loop when the member does nothing any more; never fails
     */
    CompletionStage<Void> close(long limitNanos);
}
