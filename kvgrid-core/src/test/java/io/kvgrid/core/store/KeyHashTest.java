package io.kvgrid.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyHashTest {
    private final KeyHash hash = new KeyHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    @Test
    void equalKeysAreEqual() {
        StoreKey one = hash.key(1, "key".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        StoreKey same = hash.key(1, java.nio.ByteBuffer.wrap("key".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        StoreKey otherMap = hash.key(2, "key".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isEqualByComparingTo(same);
        assertThat(one).isNotEqualTo(otherMap);
        assertThat(one.compareTo(otherMap)).isNegative();
    }

    @Test
    void everyByteTheLengthTheMapAndTheSeedCount() {
        for (int length = 0; length < 40; length++) {
            byte[] key = new byte[length];
            Set<Integer> hashes = new HashSet<>();
            hashes.add(hash.hash(1, key));
            hashes.add(hash.hash(2, key));
            hashes.add(hash.hash(1, new byte[length + 1]));
            hashes.add(new KeyHash(1, 2).hash(1, key));
            for (int at = 0; at < length; at++) {
                byte[] changed = key.clone();
                changed[at] = 1;
                hashes.add(hash.hash(1, changed));
            }
            assertThat(hashes).hasSize(4 + length);
        }
    }

    @Test
    void keysThatCollideWithoutASeedDoNot() {
        // "Aa" and "BB" have one String.hashCode, and so has every sequence of them
        Set<Integer> hashes = new HashSet<>();
        for (int bits = 0; bits < 4096; bits++) {
            StringBuilder key = new StringBuilder();
            for (int i = 0; i < 12; i++) {
                key.append((bits >> i & 1) == 0 ? "Aa" : "BB");
            }
            hashes.add(hash.hash(1, TestLog.bytes(key.toString())));
        }
        assertThat(hashes).hasSizeGreaterThan(4090);
    }

    @Test
    void theHashIsThatOfAnIndependentImplementation() {
        assertThat(hash.hash(1, TestLog.bytes("0123456789abcdef"))).isEqualTo(1826490388);
    }
}
