package io.kvgrid.core.store;

import java.util.zip.CRC32C;

/**
 * A number for each entry, of all its bytes, its version and its expiry; the sum over all entries is the state's digest
 * (P38), whatever order they came in. Finds what bugs and bit flips do, not what an attacker does. Used by one thread.
 */
final class EntryDigest {
    private final CRC32C crc = new CRC32C();

    /** Of an entry that is present. */
    long of(StoreKey key, StoredEntry entry) {
        crc.reset();
        key.update(crc);
        entry.update(crc);
        long content = (crc.getValue() << 32) | (key.mapId() & 0xFFFF_FFFFL);
        return mix(mix(mix(content) + entry.version()) + entry.expiryMillis());
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, figure 16): each bit depends on every other. */
    private static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
