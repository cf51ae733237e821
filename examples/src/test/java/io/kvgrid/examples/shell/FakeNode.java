package io.kvgrid.examples.shell;

import io.kvgrid.GridListener;
import io.kvgrid.GridMap;
import io.kvgrid.GridNode;
import io.kvgrid.GridView;
import io.kvgrid.MapSettings;
import io.kvgrid.NodeId;
import io.kvgrid.NotReadyException;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Role;
import io.kvgrid.Versioned;
import io.kvgrid.WriteOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A node whose readiness and failures a test decides; a map with versions otherwise. */
final class FakeNode implements GridNode<String, String> {
    final CompletableFuture<Void> ready = new CompletableFuture<>();
    /** The next writes fail with these, one each. */
    final Queue<OperationFailedException> failures = new ConcurrentLinkedQueue<>();
    /** The ids that writes came with; null for none. */
    final List<Optional<OperationId>> ids = java.util.Collections.synchronizedList(new java.util.ArrayList<>());

    private final Map<String, Versioned<String>> entries = new ConcurrentHashMap<>();
    private final AtomicLong version = new AtomicLong();
    private final UUID boot = new UUID(0, 1);
    volatile boolean closed;

    @Override
    public CompletableFuture<OperationAck> insert(String key, String value, WriteOptions options) {
        return write(options, ack -> entries.put(key, new Versioned<>(value, ack.version())));
    }

    @Override
    public CompletableFuture<OperationAck> remove(String key, WriteOptions options) {
        return write(options, ack -> entries.remove(key));
    }

    private CompletableFuture<OperationAck> write(
            WriteOptions options, java.util.function.Consumer<OperationAck> effect) {
        ids.add(options.operationId());
        OperationFailedException failure = failures.poll();
        if (failure != null) {
            return CompletableFuture.failedFuture(failure);
        }
        return ready.thenApply(r -> {
            long lsn = version.incrementAndGet();
            OperationAck ack = new OperationAck(new OperationId(boot, lsn), lsn);
            effect.accept(ack);
            return ack;
        });
    }

    @Override
    public CompletableFuture<Optional<Versioned<String>>> getVersioned(String key, ReadConsistency consistency) {
        if (consistency.equals(ReadConsistency.LOCAL) && !ready.isDone()) {
            return CompletableFuture.failedFuture(new NotReadyException(null, "joining"));
        }
        return ready.thenApply(r -> Optional.ofNullable(entries.get(key)));
    }

    @Override
    public @Nullable String peek(String key) {
        Versioned<String> found = entries.get(key);
        return found == null ? null : found.value();
    }

    @Override
    public CompletableFuture<Void> retire(NodeId node) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> handOver() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> ready() {
        return ready;
    }

    @Override
    public <A, B> GridMap<A, B> map(MapSettings<A, B> settings) {
        throw new UnsupportedOperationException();
    }

    @Override
    public GridView view() {
        NodeId self = id();
        Role role = ready.isDone() ? Role.PRIMARY : Role.JOINING;
        return new GridView(
                self,
                role,
                1,
                Optional.of(self),
                new TreeSet<>(List.of(self)),
                version.get(),
                version.get(),
                entries.size(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                GridView.StateDigest.EMPTY,
                ready.isDone());
    }

    @Override
    public void addListener(GridListener listener) {}

    @Override
    public void removeListener(GridListener listener) {}

    @Override
    public NodeId id() {
        return new NodeId("fake");
    }

    @Override
    public String address() {
        return "";
    }

    @Override
    public void close() {
        closed = true;
    }
}
