package io.kvgrid.core.store;

import io.kvgrid.spi.persistence.SnapshotEntry;
import io.kvgrid.spi.serialization.Serializer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * One committed value: its bytes, the LSN that wrote it, and the decoded object once somebody has read it. Immutable but
 * for that object. 32 bytes of its own: the expiry, which few entries have, stands in a subclass.
 * {@link #toString} does not show the value (X11).
 */
public class StoredEntry {
    /** What a read finds where there is no entry. */
    public static final StoredEntry ABSENT = new StoredEntry(null, 0);

    private static final VarHandle DECODED;

    static {
        try {
            DECODED = MethodHandles.lookup().findVarHandle(StoredEntry.class, "decoded", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final byte @Nullable [] bytes;
    private final long version;
    // published with release: an object of the user's may have no final fields
    @SuppressWarnings("UnusedVariable") // through DECODED
    private @Nullable Object decoded;

    private StoredEntry(byte @Nullable [] bytes, long version) {
        this.bytes = bytes;
        this.version = version;
    }

    static StoredEntry of(byte[] bytes, long version, long expiryMillis) {
        return expiryMillis == 0 ? new StoredEntry(bytes, version) : new Expiring(bytes, version, expiryMillis);
    }

    /** Stands for a removal while a state is being received (P33). */
    static StoredEntry removal(long version) {
        return new StoredEntry(null, version);
    }

    /** Whether there is a value. */
    public boolean isPresent() {
        return bytes != null;
    }

    /** LSN of the record that wrote this entry; 0 for {@link #ABSENT}. */
    public long version() {
        return version;
    }

    /** Grid time at which the entry ends, in milliseconds; 0 for never. */
    public long expiryMillis() {
        return 0;
    }

    /** The value's bytes, read-only, not copied. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(present()).asReadOnlyBuffer();
    }

    /**
     * The value as an object, decoded at the first call and shared between all readers from then on. The serializer gets
     * the stored bytes themselves, which it must not change. Called off the loop: it runs user code.
     *
     * @param serializer the map's; the same at every call
     * @throws io.kvgrid.spi.serialization.SerializationException if the bytes cannot be decoded
     */
    @SuppressWarnings("unchecked") // a map has one serializer, whose type its values have
    public <V> V value(Serializer<V> serializer) {
        Object known = DECODED.getAcquire(this);
        if (known == null) {
            known = serializer.deserialize(present());
            Object first = DECODED.compareAndExchange(this, null, known);
            known = first == null ? known : first;
        }
        return (V) known;
    }

    SnapshotEntry snapshot(StoreKey key) {
        return new SnapshotEntry(key.mapId(), key.bytes(), bytes(), version, expiryMillis());
    }

    void update(Checksum digest) {
        digest.update(present());
    }

    private byte[] present() {
        if (bytes == null) {
            throw new IllegalStateException("there is no value");
        }
        return bytes;
    }

    @Override
    public String toString() {
        return (bytes == null ? "no value" : bytes.length + " bytes") + " at version " + version;
    }

    private static final class Expiring extends StoredEntry {
        private final long expiryMillis;

        Expiring(byte[] bytes, long version, long expiryMillis) {
            super(bytes, version);
            this.expiryMillis = expiryMillis;
        }

        @Override
        public long expiryMillis() {
            return expiryMillis;
        }
    }
}
