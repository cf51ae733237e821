package io.kvgrid.core.replication;

import java.nio.ByteBuffer;

/** Longs in 1 to 10 bytes, small magnitudes in few: seven bits a byte, lowest first, the sign in the lowest bit (zigzag). */
final class VarLong {
    static final int MAX_BYTES = 10;

    private VarLong() {}

    static void write(ByteBuffer target, long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            target.put((byte) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    static long read(ByteBuffer source) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = source.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new IllegalArgumentException("a number of more than 10 bytes at byte " + source.position());
    }
}
