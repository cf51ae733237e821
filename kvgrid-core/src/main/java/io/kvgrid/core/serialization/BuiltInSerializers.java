package io.kvgrid.core.serialization;

import io.kvgrid.spi.serialization.Serializer;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * The serializers of the types that need no settings. Each type has one layout, fixed for ever; equal values give equal
 * bytes, so that all of them serve as keys, and every byte string but these is refused.
 */
public final class BuiltInSerializers {
    private static final Map<Class<?>, Serializer<?>> BY_TYPE = Map.ofEntries(
            Map.entry(String.class, new StringSerializer()),
            Map.entry(byte[].class, new ByteArraySerializer()),
            Map.entry(Boolean.class, FixedWidthSerializer.BOOLEAN),
            Map.entry(Byte.class, FixedWidthSerializer.BYTE),
            Map.entry(Short.class, FixedWidthSerializer.SHORT),
            Map.entry(Character.class, FixedWidthSerializer.CHARACTER),
            Map.entry(Integer.class, FixedWidthSerializer.INTEGER),
            Map.entry(Long.class, FixedWidthSerializer.LONG),
            Map.entry(Float.class, FixedWidthSerializer.FLOAT),
            Map.entry(Double.class, FixedWidthSerializer.DOUBLE),
            Map.entry(UUID.class, FixedWidthSerializer.UUID));

    private BuiltInSerializers() {}

    /**
     * The built-in serializer of {@code type}.
     *
     * @throws IllegalArgumentException if there is none; says what to give instead
     */
    @SuppressWarnings("unchecked") // BY_TYPE maps each class to the serializer of that class
    public static <T> Serializer<T> forType(Class<T> type) {
        Serializer<?> serializer = BY_TYPE.get(Objects.requireNonNull(type, "type"));
        if (serializer == null) {
            throw new IllegalArgumentException("no serializer is built in for " + type.getTypeName()
                    + ": give KryoSerializer.builder(" + type.getSimpleName() + ".class).register("
                    + type.getSimpleName() + ".class, 100).build(), or an own " + Serializer.class.getName());
        }
        return (Serializer<T>) serializer;
    }
}
