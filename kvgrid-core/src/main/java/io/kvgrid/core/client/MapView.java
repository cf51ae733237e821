package io.kvgrid.core.client;

import io.kvgrid.GridLimits;
import io.kvgrid.GridMap;
import io.kvgrid.OperationAck;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Versioned;
import io.kvgrid.WriteOptions;
import io.kvgrid.WriteOptions.Condition;
import io.kvgrid.core.runtime.LocalMember;
import io.kvgrid.core.runtime.ReadOperation;
import io.kvgrid.core.runtime.WriteOperation;
import io.kvgrid.core.store.StoreKey;
import io.kvgrid.core.store.StoredEntry;
import io.kvgrid.spi.persistence.RecordBody;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.serialization.Serializer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One map of the grid as this node's callers see it: encodes on their threads, hands over, decodes. No replication logic.
 * Thread-safe.
 */
public final class MapView<K, V> implements GridMap<K, V> {
    private static final byte[] NO_VALUE = new byte[0];

    private final LocalMember member;
    private final int mapId;
    private final Serializer<K> keys;
    private final Serializer<V> values;
    private final GridLimits limits;
    private final long timeoutNanos;

    /**
     * @param mapId the map's number in records
     * @param timeoutNanos when operations end that name no timeout of their own
     */
    public MapView(
            LocalMember member,
            int mapId,
            Serializer<K> keys,
            Serializer<V> values,
            GridLimits limits,
            long timeoutNanos) {
        this.member = member;
        this.mapId = mapId;
        this.keys = keys;
        this.values = values;
        this.limits = limits;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public CompletableFuture<OperationAck> insert(K key, V value, WriteOptions options) {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(value, "value");
        byte[] valueBytes = values.serialize(value);
        if (valueBytes.length > limits.maxValueBytes()) {
            throw new IllegalArgumentException("the value has " + valueBytes.length + " bytes, the limit is "
                    + limits.maxValueBytes() + "; GridLimits raises it");
        }
        return write(RecordKind.PUT, encode(key), valueBytes, options);
    }

    @Override
    public CompletableFuture<OperationAck> remove(K key, WriteOptions options) {
        if (options.timeToLive().isPresent()) {
            throw new IllegalArgumentException("a removal has no time to live");
        }
        return write(RecordKind.REMOVE, encode(key), NO_VALUE, options);
    }

    private CompletableFuture<OperationAck> write(RecordKind kind, byte[] key, byte[] value, WriteOptions options) {
        RecordBody body = RecordFormat.body(kind, mapId, key, value);
        WriteOperation operation = new WriteOperation(
                options.operationId(),
                options.condition(),
                options.condition() == Condition.VERSION ? options.version() : 0,
                options.timeToLive().map(MapView::atLeastOneMilli).orElse(0L),
                body,
                deadline(options.timeout()));
        member.write(operation);
        return operation.future();
    }

    private static long atLeastOneMilli(Duration duration) {
        return Math.max(1, duration.toMillis());
    }

    private long deadline(Optional<Duration> timeout) {
        return member.nanoTime() + timeout.map(Duration::toNanos).orElse(timeoutNanos);
    }

    @Override
    public CompletableFuture<Optional<Versioned<V>>> getVersioned(K key, ReadConsistency consistency) {
        StoreKey storeKey = member.key(mapId, encode(key));
        if (consistency.equals(ReadConsistency.LINEARIZABLE)) {
            StoredEntry found = member.readNow(storeKey);
            return found == null ? read(storeKey, ReadOperation.LINEARIZABLE) : decoded(found);
        }
        boolean isApplied = member.appliedLsn() >= consistency.minVersion(); // before the look-up, which is then as new
        StoredEntry found = isApplied ? member.peek(storeKey) : null;
        if (found != null) {
            return decoded(found);
        }
        return consistency.equals(ReadConsistency.LOCAL)
                ? CompletableFuture.failedFuture(member.notReady())
                : read(storeKey, consistency.minVersion());
    }

    private CompletableFuture<Optional<Versioned<V>>> read(StoreKey key, long minLsn) {
        ReadOperation operation = new ReadOperation(key, minLsn, deadline(Optional.empty()));
        member.read(operation);
        CompletableFuture<Optional<Versioned<V>>> read = new CompletableFuture<>();
        var unused = operation.future().whenComplete((found, failure) -> {
            if (failure == null) {
                decodeInto(read, found);
            } else {
                read.completeExceptionally(failure); // itself: a dependent stage would wrap it
            }
        });
        return read;
    }

    private CompletableFuture<Optional<Versioned<V>>> decoded(StoredEntry found) {
        CompletableFuture<Optional<Versioned<V>>> read = new CompletableFuture<>();
        decodeInto(read, found);
        return read;
    }

    private void decodeInto(CompletableFuture<Optional<Versioned<V>>> read, StoredEntry found) {
        try {
            read.complete(decode(found));
        } catch (RuntimeException e) { // the application's serializer: what it throws is the read's outcome
            read.completeExceptionally(e);
        }
    }

    @Override
    public @Nullable V peek(K key) {
        StoredEntry found = member.peek(member.key(mapId, encode(key)));
        if (found == null) {
            throw member.notReady();
        }
        return found.isPresent() ? found.value(values) : null;
    }

    private Optional<Versioned<V>> decode(StoredEntry entry) {
        return entry.isPresent()
                ? Optional.of(new Versioned<>(entry.value(values), entry.version()))
                : Optional.empty();
    }

    private byte[] encode(K key) {
        byte[] bytes = keys.serialize(Objects.requireNonNull(key, "key"));
        if (bytes.length > limits.maxKeyBytes()) {
            throw new IllegalArgumentException("the key has " + bytes.length + " bytes, the limit is "
                    + limits.maxKeyBytes() + "; GridLimits raises it");
        }
        return bytes;
    }
}
