package io.kvgrid;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A replicated map: what is written on one node can be read on all. Thread-safe; no method blocks.
 *
 * <p>Every operation ends within its deadline (one second unless set). A future that fails does so with an
 * {@link OperationFailedException}, which says whether the operation may have been applied. Futures complete on the
 * grid's callback executor, never on the thread that runs the protocol.
 *
 * <p>A bad argument (null, a key or value over the limit, a type that is not registered) is thrown by the call itself, and nothing is
 * sent. Values are shared between readers: treat them as immutable. The object passed to {@code insert} is not kept.
 */
public interface GridMap<K, V> {
    /** Sets {@code key} to {@code value} on every node. */
    default CompletableFuture<OperationAck> insert(K key, V value) {
        return insert(key, value, WriteOptions.DEFAULT);
    }

    /**
     * Sets {@code key} to {@code value} on every node. Completes when the write is on the disk of every in-sync node
     * and visible to reads on this one.
     *
     * @throws NullPointerException if an argument is null
     * @throws IllegalArgumentException if key or value exceed the limits of the grid
     * @throws io.kvgrid.spi.serialization.SerializationException if the value's class is not registered; names it
     */
    CompletableFuture<OperationAck> insert(K key, V value, WriteOptions options);

    /** Removes {@code key} on every node. */
    default CompletableFuture<OperationAck> remove(K key) {
        return remove(key, WriteOptions.DEFAULT);
    }

    /** Removes {@code key} on every node, whether it has a value or not; acknowledged like an insert. */
    CompletableFuture<OperationAck> remove(K key, WriteOptions options);

    /** The value of {@code key}, {@link ReadConsistency#LINEARIZABLE}. */
    default CompletableFuture<Optional<V>> get(K key) {
        return get(key, ReadConsistency.LINEARIZABLE);
    }

    /** The value of {@code key}; empty if it has none. What may be seen, {@code consistency} says. */
    default CompletableFuture<Optional<V>> get(K key, ReadConsistency consistency) {
        CompletableFuture<Optional<V>> value = new CompletableFuture<>();
        var unused = getVersioned(key, consistency).whenComplete((found, failure) -> {
            if (failure == null) {
                value.complete(found.map(Versioned::value));
            } else {
                value.completeExceptionally(failure); // itself: a dependent stage would wrap it
            }
        });
        return value;
    }

    /** The value of {@code key} with the version of the write that set it. */
    CompletableFuture<Optional<Versioned<V>>> getVersioned(K key, ReadConsistency consistency);

    /**
     * The value of {@code key} in this node's committed copy, {@link ReadConsistency#LOCAL}, without a future.
     *
     * @return null if it has none
     * @throws NotReadyException if this node has no role yet
     */
    @Nullable
    V peek(K key);
}
