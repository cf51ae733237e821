package io.kvgrid.core.serialization;

import io.kvgrid.spi.serialization.SerializationException;
import io.kvgrid.spi.serialization.Serializer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A value of always the same number of bytes, big-endian.
 *
 * <pre>
 * Boolean    1  0 or 1
 * Byte       1
 * Short      2
 * Character  2  one UTF-16 unit
 * Integer    4
 * Long       8
 * Float      4  IEEE 754 bits, every NaN as 7fc00000
 * Double     8  IEEE 754 bits, every NaN as 7ff8000000000000
 * UUID      16  most significant half first
 * </pre>
 *
 * NaNs are equal to each other as {@code Double} and {@code Float}, so they have one form.
 */
final class FixedWidthSerializer<T> implements Serializer<T> {
    static final FixedWidthSerializer<Boolean> BOOLEAN = new FixedWidthSerializer<>(
            Boolean.class, 1, (out, value) -> out.put((byte) (value ? 1 : 0)), in -> readBoolean(in.get()));
    static final FixedWidthSerializer<Byte> BYTE =
            new FixedWidthSerializer<>(Byte.class, Byte.BYTES, ByteBuffer::put, ByteBuffer::get);
    static final FixedWidthSerializer<Short> SHORT =
            new FixedWidthSerializer<>(Short.class, Short.BYTES, ByteBuffer::putShort, ByteBuffer::getShort);
    static final FixedWidthSerializer<Character> CHARACTER =
            new FixedWidthSerializer<>(Character.class, Character.BYTES, ByteBuffer::putChar, ByteBuffer::getChar);
    static final FixedWidthSerializer<Integer> INTEGER =
            new FixedWidthSerializer<>(Integer.class, Integer.BYTES, ByteBuffer::putInt, ByteBuffer::getInt);
    static final FixedWidthSerializer<Long> LONG =
            new FixedWidthSerializer<>(Long.class, Long.BYTES, ByteBuffer::putLong, ByteBuffer::getLong);
    static final FixedWidthSerializer<Float> FLOAT = new FixedWidthSerializer<>(
            Float.class,
            Float.BYTES,
            (out, value) -> out.putInt(Float.floatToIntBits(value)),
            in -> readFloat(in.getInt()));
    static final FixedWidthSerializer<Double> DOUBLE = new FixedWidthSerializer<>(
            Double.class,
            Double.BYTES,
            (out, value) -> out.putLong(Double.doubleToLongBits(value)),
            in -> readDouble(in.getLong()));
    static final FixedWidthSerializer<java.util.UUID> UUID = new FixedWidthSerializer<>(
            java.util.UUID.class,
            2 * Long.BYTES,
            (out, value) -> out.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits()),
            in -> new java.util.UUID(in.getLong(), in.getLong()));

    private final String name;
    private final int width;
    private final BiConsumer<ByteBuffer, T> write;
    private final Function<ByteBuffer, T> read;

    private FixedWidthSerializer(
            Class<T> type, int width, BiConsumer<ByteBuffer, T> write, Function<ByteBuffer, T> read) {
        this.name = type.getSimpleName();
        this.width = width;
        this.write = write;
        this.read = read;
    }

    @Override
    public byte[] serialize(T value) {
        byte[] bytes = new byte[width];
        write.accept(ByteBuffer.wrap(bytes), value);
        return bytes;
    }

    @Override
    public T deserialize(byte[] bytes) {
        if (bytes.length != width) {
            throw new SerializationException(name + " has " + width + " bytes, not " + bytes.length);
        }
        return read.apply(ByteBuffer.wrap(bytes));
    }

    @Override
    public List<String> description() {
        return List.of("built-in " + name);
    }

    private static boolean readBoolean(byte value) {
        if (value != 0 && value != 1) {
            throw new SerializationException("Boolean is 0 or 1");
        }
        return value == 1;
    }

    private static float readFloat(int bits) {
        float value = Float.intBitsToFloat(bits);
        if (Float.floatToIntBits(value) != bits) {
            throw new SerializationException("Float has one form of NaN, and this is another");
        }
        return value;
    }

    private static double readDouble(long bits) {
        double value = Double.longBitsToDouble(bits);
        if (Double.doubleToLongBits(value) != bits) {
            throw new SerializationException("Double has one form of NaN, and this is another");
        }
        return value;
    }
}
