package io.kvgrid.core.node;

import io.kvgrid.GridListener;
import io.kvgrid.GridMap;
import io.kvgrid.GridNode;
import io.kvgrid.GridStartException;
import io.kvgrid.GridView;
import io.kvgrid.HostPort;
import io.kvgrid.MapSettings;
import io.kvgrid.NodeId;
import io.kvgrid.OperationAck;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Versioned;
import io.kvgrid.WriteOptions;
import io.kvgrid.core.client.MapView;
import io.kvgrid.core.runtime.MemberRuntime;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One member's life as the application sees it, and its default map. Makes no decisions. */
final class Node<K, V> implements GridNode<K, V> {
    private final NodeId id;
    private final String address;
    private final MemberRuntime member;
    private final NodeMaps.Opened<K, V> maps;
    private final MapView<K, V> defaultMap;
    private final NodeResources resources;
    private final Listeners listeners;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    Node(
            NodeId id,
            Optional<InetSocketAddress> address,
            MemberRuntime member,
            NodeMaps.Opened<K, V> maps,
            NodeResources resources,
            Executor callbacks,
            boolean hostsArbiter) {
        this.id = id;
        this.address = address.map(HostPort::format).orElse("");
        this.member = member;
        this.maps = maps;
        this.defaultMap = maps.first();
        this.resources = resources;
        this.listeners = new Listeners(callbacks);
        member.onStatusChange(status -> listeners.changed(Views.of(id, member, status)));
        var unused =
                member.ready().whenCompleteAsync((nothing, failure) -> readyOrClosed(failure, hostsArbiter), callbacks);
    }

    /**
     * A node that cannot get ready closes itself, on a thread of its own: those that end with it cannot wait for it. The
     * Arbiter's host goes on to serve the others.
     */
    private void readyOrClosed(@Nullable Throwable failure, boolean hostsArbiter) {
        if (failure == null) {
            ready.complete(null);
            return;
        }
        ready.completeExceptionally(failure);
        if (hostsArbiter) {
            return;
        }
        Thread closer = new Thread(this::close, "kvgrid-" + id + "-close");
        closer.setDaemon(true);
        closer.start();
    }

    @Override
    public CompletableFuture<OperationAck> insert(K key, V value, WriteOptions options) {
        return defaultMap.insert(key, value, options);
    }

    @Override
    public CompletableFuture<OperationAck> remove(K key, WriteOptions options) {
        return defaultMap.remove(key, options);
    }

    @Override
    public CompletableFuture<Optional<Versioned<V>>> getVersioned(K key, ReadConsistency consistency) {
        return defaultMap.getVersioned(key, consistency);
    }

    @Override
    public @Nullable V peek(K key) {
        return defaultMap.peek(key);
    }

    @Override
    public CompletableFuture<Void> ready() {
        CompletableFuture<Void> copy = new CompletableFuture<>(); // the caller cannot complete the node's own
        var unused = ready.whenComplete((nothing, failure) -> {
            if (failure == null) {
                copy.complete(null);
            } else {
                copy.completeExceptionally(failure); // itself: a dependent stage would wrap it
            }
        });
        return copy;
    }

    @Override
    public CompletableFuture<Void> retire(NodeId node) {
        return member.retire(node).toCompletableFuture();
    }

    @Override
    public CompletableFuture<Void> handOver() {
        return member.handOver().toCompletableFuture();
    }

    @Override
    public <A, B> GridMap<A, B> map(MapSettings<A, B> settings) {
        return maps.map(settings);
    }

    @Override
    public GridView view() {
        return Views.of(id, member, member.status());
    }

    @Override
    public void addListener(GridListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"), this::view);
    }

    @Override
    public void removeListener(GridListener listener) {
        listeners.remove(listener);
    }

    @Override
    public NodeId id() {
        return id;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void close() {
        resources.close();
        ready.completeExceptionally(new GridStartException("the node was closed before it was ready"));
    }
}
