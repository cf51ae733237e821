package io.kvgrid.core.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Ways to damage bytes. */
final class Mutations {
    /** Values that codes, counts and lengths are tried with. */
    private static final long[] EXTREMES = {
        0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 0x7FFF, 0x01000000
    };

    private Mutations() {}

    /** All proper prefixes. */
    static List<byte[]> cuts(byte[] bytes) {
        List<byte[]> all = new ArrayList<>();
        for (int length = 0; length < bytes.length; length++) {
            all.add(Arrays.copyOf(bytes, length));
        }
        return all;
    }

    /** The byte at {@code index} with each single bit flipped, and with all. */
    static List<byte[]> flips(byte[] bytes, int index) {
        List<byte[]> all = new ArrayList<>();
        for (int mask : new int[] {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF}) {
            byte[] flipped = bytes.clone();
            flipped[index] ^= (byte) mask;
            all.add(flipped);
        }
        return all;
    }

    /** With the four bytes at {@code index} overwritten. */
    static byte[] withInt(byte[] bytes, int index, int value) {
        byte[] changed = bytes.clone();
        for (int i = 0; i < Integer.BYTES; i++) {
            changed[index + i] = (byte) (value >>> (24 - 8 * i));
        }
        return changed;
    }

    /** One to four random changes: a byte, a run of extreme bytes, a cut, or something appended. */
    static byte[] damage(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0 && damaged.length > 0; changes--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(8)) {
                case 0 -> damaged = Arrays.copyOf(damaged, at);
                case 1 -> damaged = Arrays.copyOf(damaged, damaged.length + 1 + random.nextInt(40));
                case 2, 3, 4 -> {
                    long extreme = EXTREMES[random.nextInt(EXTREMES.length)];
                    int width = 1 << random.nextInt(4);
                    for (int i = 0; i < width && at + i < damaged.length; i++) {
                        damaged[at + i] = (byte) (extreme >>> (8 * (width - 1 - i)));
                    }
                }
                default -> damaged[at] = (byte) random.nextInt();
            }
        }
        return damaged;
    }
}
