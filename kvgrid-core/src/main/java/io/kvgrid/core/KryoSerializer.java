package io.kvgrid.core;

import io.kvgrid.core.serialization.KryoCodec;
import io.kvgrid.core.serialization.RegisteredType;
import io.kvgrid.spi.serialization.SerializationException;
import io.kvgrid.spi.serialization.Serializer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Serializes with Kryo the classes that are registered, each under a number of its own, and no others. Thread-safe.
 *
 * <pre>{@code
 * record Order(UUID id, List<Line> lines, Instant at) {}
 * record Line(String item, int count) {}
 *
 * KryoSerializer.builder(Order.class).register(Order.class, 100).register(Line.class, 101).build()
 * }</pre>
 *
 * <p>Register records, enums, arrays, and classes with a constructor without arguments, all with the same ids on every
 * node and in every run: the numbers stand in the log. A registration that differs between two nodes keeps them from
 * connecting. No registration is needed for String, the primitives and their boxes, arrays of them, {@code String[]}
 * and {@code Object[]}, UUID, BigInteger, BigDecimal, Instant, Duration, LocalDate, LocalTime, LocalDateTime,
 * OffsetDateTime, ZonedDateTime, Date, URI, Optional, ArrayList, HashSet, LinkedHashSet, TreeSet, HashMap,
 * LinkedHashMap, TreeMap, and what {@code List.of}, {@code Arrays.asList}, {@code Collections.unmodifiableList} and
 * their like return.
 *
 * <p>A class in a named module needs {@code opens <its package>;} in the module-info. An object that occurs twice in a
 * value is written twice; one that contains itself is refused. Bytes never lead to a class that is not registered, to
 * Java serialization, or to an allocation beyond a small multiple of their length. Not for keys that hold sets or maps,
 * whose order is not fixed.
 *
 * @param <T> the type of the map's values; subtypes need to be registered like any other class
 */
public final class KryoSerializer<T> implements Serializer<T> {
    /** The lowest id that can be registered. Ids up to 125 take one byte in each value. */
    public static final int FIRST_ID = RegisteredType.FIRST_ID;

    /** The highest id that can be registered. */
    public static final int LAST_ID = RegisteredType.LAST_ID;

    /** The longest encoded value, in bytes. */
    public static final int MAX_BYTES = KryoCodec.MAX_BYTES;

    /** How deep objects may be nested in one another. */
    public static final int MAX_DEPTH = KryoCodec.MAX_DEPTH;

    private final KryoCodec<T> codec;

    private KryoSerializer(KryoCodec<T> codec) {
        this.codec = codec;
    }

    /** Starts with no class of the application registered. */
    public static <T> Builder<T> builder(Class<T> valueType) {
        return new Builder<>(valueType);
    }

    /**
     * {@inheritDoc}
     *
     * @throws SerializationException if a class is not registered (names it), or the value is longer than
     *     {@link #MAX_BYTES}, nested deeper than {@link #MAX_DEPTH} or not of the map's type
     */
    @Override
    public byte[] serialize(T value) {
        return codec.serialize(value);
    }

    @Override
    public T deserialize(byte[] bytes) {
        return codec.deserialize(bytes);
    }

    /**
     * The type of the values, then the registrations in the order of their ids, each as {@code "<id> <class name>
     * <shape>"}. The shape changes with everything in the class that changes its bytes.
     */
    @Override
    public List<String> description() {
        return codec.description();
    }

    /** Collects registrations. Not thread-safe. */
    public static final class Builder<T> {
        private final Class<T> valueType;
        private final List<RegisteredType> types = new ArrayList<>();

        private Builder(Class<T> valueType) {
            this.valueType = Objects.requireNonNull(valueType, "valueType");
        }

        /**
         * Lets values hold objects of exactly {@code type}, written as {@code id}.
         *
         * @param id {@link #FIRST_ID} to {@link #LAST_ID}, the same for ever
         * @throws IllegalArgumentException if the class or the id is registered already, the id is out of range, or the
         *     class cannot be written: abstract, part of the JDK, without a constructor without arguments, or in a
         *     package that its module does not open
         */
        public Builder<T> register(Class<?> type, int id) {
            RegisteredType added = RegisteredType.of(type, id);
            for (RegisteredType present : types) {
                if (present.type() == type) {
                    throw new IllegalArgumentException(
                            type.getTypeName() + " is registered already, as " + present.id());
                }
                if (present.id() == id) {
                    throw new IllegalArgumentException(
                            "id " + id + " is given to " + present.type().getTypeName() + " already");
                }
            }
            types.add(added);
            return this;
        }

        /** The serializer with what is registered so far. */
        public KryoSerializer<T> build() {
            return new KryoSerializer<>(new KryoCodec<>(
                    valueType,
                    types.stream()
                            .sorted(Comparator.comparingInt(RegisteredType::id))
                            .toList()));
        }
    }
}
