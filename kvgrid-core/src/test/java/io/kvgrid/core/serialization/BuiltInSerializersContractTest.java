package io.kvgrid.core.serialization;

import io.kvgrid.spi.serialization.Serializer;
import io.kvgrid.testkit.SerializerContract;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;

class BuiltInSerializersContractTest {
    /** Equal values of every built-in type have equal bytes, so all serve as keys. */
    abstract static class Keys<T> extends SerializerContract<T> {
        private final Class<T> type;
        private final List<T> values;

        @SafeVarargs
        @SuppressWarnings("varargs")
        Keys(Class<T> type, T... values) {
            this.type = type;
            this.values = List.of(values);
        }

        @Override
        protected Serializer<T> serializer() {
            return BuiltInSerializers.forType(type);
        }

        @Override
        protected List<T> values() {
            return values;
        }

        @Override
        protected boolean isForKeys() {
            return true;
        }
    }

    @Nested
    class Strings extends Keys<String> {
        Strings() {
            super(String.class, "", "a", "\u0000", "\u00e4\u20ac\ud83d\ude00", "x".repeat(10_000));
        }
    }

    @Nested
    class Bytes extends Keys<byte[]> {
        Bytes() {
            super(byte[].class, new byte[0], new byte[] {0}, new byte[] {-1, 0, 1}, new byte[10_000]);
        }
    }

    @Nested
    class Booleans extends Keys<Boolean> {
        Booleans() {
            super(Boolean.class, true, false);
        }
    }

    @Nested
    class Shorts extends Keys<Short> {
        Shorts() {
            super(Short.class, Short.MIN_VALUE, (short) 0, Short.MAX_VALUE);
        }
    }

    @Nested
    class Characters extends Keys<Character> {
        Characters() {
            super(Character.class, '\u0000', 'a', '\ud83d', '\uffff');
        }
    }

    @Nested
    class Integers extends Keys<Integer> {
        Integers() {
            super(Integer.class, Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE);
        }
    }

    @Nested
    class Longs extends Keys<Long> {
        Longs() {
            super(Long.class, Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE);
        }
    }

    @Nested
    class Doubles extends Keys<Double> {
        Doubles() {
            super(Double.class, Double.NaN, 0.0, -0.0, Double.MIN_VALUE, Double.NEGATIVE_INFINITY);
        }
    }

    @Nested
    class Floats extends Keys<Float> {
        Floats() {
            super(Float.class, Float.NaN, 0.0f, -0.0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY);
        }
    }

    @Nested
    class Uuids extends Keys<UUID> {
        Uuids() {
            super(UUID.class, new UUID(0, 0), new UUID(-1, 1), new UUID(1, -1));
        }
    }
}
