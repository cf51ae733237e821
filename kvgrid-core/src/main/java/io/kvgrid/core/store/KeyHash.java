package io.kvgrid.core.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Hashes keys with a secret seed, so that nobody who chooses keys can choose collisions (X13): SipHash-1-3 (Aumasson and
 * Bernstein, 2012). The seed never leaves the process. Immutable.
 */
public final class KeyHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long seed0;
    private final long seed1;

    /** Both halves of the seed come from a secure source in production, and from the simulator's seed in simulations. */
    public KeyHash(long seed0, long seed1) {
        this.seed0 = seed0;
        this.seed1 = seed1;
    }

    /** The key {@code bytes} of map {@code mapId}. The bytes are not copied and must not change. */
    public StoreKey key(int mapId, byte[] bytes) {
        return new StoreKey(mapId, bytes, hash(mapId, bytes));
    }

    /** The same, of a copy of what remains in {@code bytes}, whose position does not move. */
    StoreKey key(int mapId, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return key(mapId, copy);
    }

    int hash(int mapId, byte[] bytes) {
        long v0 = seed0 ^ 0x736f6d6570736575L;
        long v1 = seed1 ^ 0x646f72616e646f6dL;
        long v2 = seed0 ^ 0x6c7967656e657261L;
        long v3 = seed1 ^ 0x7465646279746573L;
        int words = bytes.length >>> 3;
        // words of the key, the rest of the key with its length, the map; then three rounds to finish
        for (int i = 0; i < words + 5; i++) {
            long word = 0;
            if (i < words) {
                word = (long) LONG.get(bytes, i << 3);
            } else if (i == words) {
                word = rest(bytes, words << 3);
            } else if (i == words + 1) {
                word = mapId;
            } else if (i == words + 2) {
                v2 ^= 0xff;
            }
            v3 ^= word;
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            v0 ^= word;
        }
        return Long.hashCode(v0 ^ v1 ^ v2 ^ v3);
    }

    private static long rest(byte[] bytes, int from) {
        long word = (long) bytes.length << 56;
        for (int i = from; i < bytes.length; i++) {
            word |= (bytes[i] & 0xFFL) << ((i - from) << 3);
        }
        return word;
    }
}
