package io.kvgrid.core.runtime;

import io.kvgrid.GridLimits;
import io.kvgrid.NodeId;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationId;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.replication.ReplicaSettings;
import io.kvgrid.core.replication.Rules;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.core.store.StoreKey;
import io.kvgrid.core.store.StoredEntry;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** One member on a {@link TestLoop}, with keys and values that are text. */
final class TestMember {
    private static final AtomicLong STARTS = new AtomicLong();

    static final long SECOND = 1_000_000_000;

    final MemberRuntime runtime;
    final TestNetwork.Port port;
    final UUID bootId;
    private final TestLoop loop;
    private final Arbiter arbiter;

    TestMember(
            TestLoop loop,
            TestNetwork network,
            String name,
            int number,
            List<Integer> peers,
            Persistence persistence,
            Arbiter arbiter,
            GridLimits limits,
            boolean forwarding) {
        this.loop = loop;
        this.arbiter = arbiter;
        Random random = new Random(number);
        ReplicaMeta meta = StoreIdentity.atStart(
                persistence.open(),
                "g",
                Optional.of(new NodeId(name)),
                new UUID(7, number),
                () -> new NodeId("x"),
                new UUID(STARTS.incrementAndGet(), number));
        bootId = meta.bootId();
        port = network.port(meta.nodeId(), number);
        MemberParts parts =
                new MemberParts(loop, persistence, port, Runnable::run, random, new KeyHash(1, 2), new Rules());
        MemberSettings settings = new MemberSettings(
                ReplicaSettings.of(600_000_000, 0, true, true, !peers.isEmpty()),
                limits,
                peers.stream()
                        .map(p -> new InetSocketAddress(InetAddress.getLoopbackAddress(), p))
                        .toList(),
                List.of("text"),
                forwarding,
                false);
        runtime = new MemberRuntime(parts, settings, meta);
    }

    TestMember start() {
        runtime.listen();
        runtime.start(arbiter);
        return this;
    }

    CompletableFuture<OperationAck> insert(String key, String value) {
        return insert(key, value, Optional.empty(), SECOND);
    }

    CompletableFuture<OperationAck> insert(String key, String value, Optional<OperationId> id, long nanos) {
        WriteOperation operation = new WriteOperation(
                id,
                Condition.NONE,
                0,
                0,
                RecordFormat.body(RecordKind.PUT, 1, bytes(key), bytes(value)),
                loop.nanoTime() + nanos);
        runtime.write(operation);
        return operation.future();
    }

    CompletableFuture<String> get(String key) {
        ReadOperation operation = new ReadOperation(key(key), ReadOperation.LINEARIZABLE, loop.nanoTime() + SECOND);
        runtime.read(operation);
        return operation.future().thenApply(TestMember::text);
    }

    String peek(String key) {
        StoredEntry entry = runtime.peek(key(key));
        return entry == null ? "(not ready)" : text(entry);
    }

    StoreKey key(String key) {
        return runtime.key(1, bytes(key));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(StoredEntry entry) {
        return entry.isPresent() ? StandardCharsets.UTF_8.decode(entry.bytes()).toString() : "(none)";
    }
}
