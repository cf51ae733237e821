package io.kvgrid.core.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.Checksum;

/**
 * A key of one map, as the store and the dirty marks know it: encoded bytes and their {@linkplain KeyHash seeded hash},
 * computed once. Look-ups make one without copying the bytes. Immutable; ordered, so that even keys with equal hashes
 * are found in logarithmic time (X13). {@link #toString} does not show the key (X11).
 */
public final class StoreKey implements Comparable<StoreKey> {
    private final byte[] bytes;
    private final int mapId;
    private final int hash;

    StoreKey(int mapId, byte[] bytes, int hash) {
        this.mapId = mapId;
        this.bytes = bytes;
        this.hash = hash;
    }

    /** The map the key belongs to. */
    public int mapId() {
        return mapId;
    }

    /** The key's bytes, read-only, not copied. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    void update(Checksum digest) {
        digest.update(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || (other instanceof StoreKey that
                        && hash == that.hash
                        && mapId == that.mapId
                        && Arrays.equals(bytes, that.bytes));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(StoreKey other) {
        int byMap = Integer.compare(mapId, other.mapId);
        return byMap != 0 ? byMap : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return "key of map " + mapId + " (" + bytes.length + " bytes)";
    }
}
