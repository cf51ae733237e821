package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.io.Input;

/**
 * Kryo's input over the bytes of one value, with every declared length checked against the bytes that are left before
 * anything of that length is allocated (X4). Kryo itself allocates first and reads then.
 */
final class BoundedInput extends Input {
    BoundedInput(byte[] bytes) {
        super(bytes);
    }

    /** How many elements follow; each takes a byte at least. */
    static int readCount(Input input) {
        int count = input.readVarInt(true);
        check(count, 1, input);
        return count;
    }

    int remaining() {
        return limit() - position();
    }

    /** Kryo reads lengths of strings this way, increased by one; 0 is null. */
    @Override
    public int readVarIntFlag(boolean optimizePositive) {
        int lengthPlusOne = super.readVarIntFlag(optimizePositive);
        check(lengthPlusOne == 0 ? 0 : lengthPlusOne - 1, 1, this);
        return lengthPlusOne;
    }

    @Override
    public byte[] readBytes(int length) {
        check(length, Byte.BYTES, this);
        return super.readBytes(length);
    }

    @Override
    public short[] readShorts(int length) {
        check(length, Short.BYTES, this);
        return super.readShorts(length);
    }

    @Override
    public char[] readChars(int length) {
        check(length, Character.BYTES, this);
        return super.readChars(length);
    }

    @Override
    public int[] readInts(int length, boolean optimizePositive) {
        check(length, 1, this);
        return super.readInts(length, optimizePositive);
    }

    @Override
    public long[] readLongs(int length, boolean optimizePositive) {
        check(length, 1, this);
        return super.readLongs(length, optimizePositive);
    }

    @Override
    public float[] readFloats(int length) {
        check(length, Float.BYTES, this);
        return super.readFloats(length);
    }

    @Override
    public double[] readDoubles(int length) {
        check(length, Double.BYTES, this);
        return super.readDoubles(length);
    }

    private static void check(int length, int width, Input input) {
        int remaining = input.limit() - input.position();
        if (length < 0 || (long) length * width > remaining) {
            throw new RefusedException(
                    "a length of " + length + " at byte " + input.position() + ", with " + remaining + " bytes left");
        }
    }
}
