package io.kvgrid;

import java.util.concurrent.CompletableFuture;

/**
 * One member of a grid, and its default map. Started by {@link #builder}; stopped by {@link #close}.
 *
 * <pre>{@code
 * try (GridNode<String, String> node = GridNode.builder("greetings", String.class, String.class).start()) {
 *     node.insert("hello", "world").join();
 *     node.get("hello").join();
 * }
 * }</pre>
 */
public interface GridNode<K, V> extends GridMap<K, V>, AutoCloseable {
    /**
     * Settings for a node of the grid {@code name}. Without further settings it is a grid of one that keeps its data
     * under {@code ./kvgrid-data/<name>/<node id>}.
     *
     * @param name equal on all nodes of the grid; letters, digits, {@code . _ -}, at most 64
     * @throws IllegalArgumentException if the name is not valid
     */
    static <K, V> GridNodeBuilder<K, V> builder(String name, Class<K> keyType, Class<V> valueType) {
        return new GridNodeBuilder<>(name, keyType, valueType);
    }

    /**
     * Completes when the node has its data and a role, and serves. Operations sent before wait for it, within their
     * deadlines. Fails with a {@link GridStartException} if recovery or joining failed; the node then serves nothing and
     * closes itself, unless it hosts the grid's Arbiter, which goes on until {@link #close}.
     */
    CompletableFuture<Void> ready();

    /**
     * Leaves the role of primary to a secondary that has every write, without a failed operation: those that come meanwhile
     * wait for the new primary. {@link #close} does this by itself. Completes when another node is primary, at once if
     * this one is not; fails with an {@link IllegalStateException} if none could take the role within three leases.
     */
    CompletableFuture<Void> handOver();

    /**
     * Says that {@code node} is gone for good, so that the grid counts on it no longer: it leaves the in-sync set, and if two
     * nodes or fewer are left in sync, and {@link GridNodeBuilder#minInSync} was not set, one copy of each write is enough again, as
     * it was before there was a third node. To be said on the primary. A node that was retired by mistake joins again as any other.
     *
     * <p>Completes when the configuration says so; fails with an {@link IllegalStateException}, and has no effect, if this node is
     * not primary, the other one is still connected ({@link #close} it first), fewer nodes would be left than minInSync was set to,
     * or the Arbiter does not answer within three leases.
     */
    CompletableFuture<Void> retire(NodeId node);

    /** Opens a further map of the grid with the built-in serializers. */
    default <A, B> GridMap<A, B> map(String name, Class<A> keyType, Class<B> valueType) {
        return map(MapSettings.of(name, keyType, valueType));
    }

    /**
     * Opens a further map of the grid, on the same log and in the same order of writes. Opening it on one node is
     * enough to write; every node that reads it opens it too.
     *
     * <p>Types and serializers must be the same on all nodes; those of the default map are compared when nodes connect,
     * those of further maps are not.
     *
     * @throws IllegalStateException if the map is open on this node with other types or serializers
     * @throws IllegalArgumentException if the name is not valid, or a type has no built-in serializer
     */
    <A, B> GridMap<A, B> map(MapSettings<A, B> settings);

    /** This node's picture of the grid, now. */
    GridView view();

    /** Tells {@code listener} of every change of {@link #view} but its counters, starting with the present one. */
    void addListener(GridListener listener);

    /** Stops telling {@code listener}. */
    void removeListener(GridListener listener);

    /** This node's id. */
    NodeId id();

    /** Where this node listens, {@code host:port}; empty if it opens no port. */
    String address();

    /**
     * Stops taking operations, finishes those under way for at most two seconds, hands the role of primary over if
     * it has it, forces what is written, leaves the grid, and ends all threads.
     * Operations still open then fail with {@link GridClosedException}. Idempotent. May be called by a callback of this
     * node, whose thread then ends after it.
     */
    @Override
    void close();
}
