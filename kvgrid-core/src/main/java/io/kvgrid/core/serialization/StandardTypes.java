package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.serializers.DefaultArraySerializers;
import com.esotericsoftware.kryo.serializers.DefaultSerializers;
import com.esotericsoftware.kryo.serializers.OptionalSerializers;
import com.esotericsoftware.kryo.serializers.TimeSerializers;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The types of the JDK that need no registration, each with its id for ever; 0 to 8 are Kryo's own, for String and the
 * primitives with their boxes. Only types whose reading is safe whatever the bytes, and whose form does not depend on
 * the JDK. Private classes of the JDK, as behind {@code List.of}, share an id and are read as an equal unmodifiable
 * collection.
 */
final class StandardTypes {
    /** The ids below are for standard types. */
    static final int FIRST_FREE_ID = 64;

    private record StandardType(int id, Serializer<?> serializer, List<Class<?>> classes) {}

    private static final List<StandardType> ALL = List.of(
            type(10, new DefaultSerializers.UUIDSerializer(), UUID.class),
            type(11, new DefaultSerializers.BigIntegerSerializer(), BigInteger.class),
            type(12, new DefaultSerializers.BigDecimalSerializer(), BigDecimal.class),
            type(13, new TimeSerializers.InstantSerializer(), Instant.class),
            type(14, new TimeSerializers.DurationSerializer(), Duration.class),
            type(15, new TimeSerializers.LocalDateSerializer(), LocalDate.class),
            type(16, new TimeSerializers.LocalTimeSerializer(), LocalTime.class),
            type(17, new TimeSerializers.LocalDateTimeSerializer(), LocalDateTime.class),
            type(18, new TimeSerializers.OffsetDateTimeSerializer(), OffsetDateTime.class),
            type(19, new TimeSerializers.ZonedDateTimeSerializer(), ZonedDateTime.class),
            type(20, new DateCodec(), Date.class),
            type(21, new DefaultSerializers.URISerializer(), URI.class),
            type(22, new OptionalSerializers.OptionalSerializer(), Optional.class),
            type(30, new CollectionCodec(ArrayList::new), ArrayList.class),
            type(31, new CollectionCodec(HashSet::new), HashSet.class),
            type(32, new CollectionCodec(LinkedHashSet::new), LinkedHashSet.class),
            type(33, new CollectionCodec(TreeSet::new), TreeSet.class),
            type(34, new MapCodec(HashMap::new, UnaryOperator.identity()), HashMap.class),
            type(35, new MapCodec(LinkedHashMap::new, UnaryOperator.identity()), LinkedHashMap.class),
            type(36, new MapCodec(TreeMap::new, UnaryOperator.identity()), TreeMap.class),
            type(
                    37,
                    new CollectionCodec(StandardTypes::unmodifiableList),
                    List.of().getClass(),
                    List.of(1).getClass(),
                    List.of(1, 2, 3).subList(0, 2).getClass(),
                    Arrays.asList(1).getClass(),
                    Collections.emptyList().getClass(),
                    Collections.singletonList(1).getClass(),
                    Collections.unmodifiableList(new ArrayList<>()).getClass()),
            type(
                    38,
                    new CollectionCodec(Set::copyOf),
                    Set.of().getClass(),
                    Set.of(1).getClass(),
                    Collections.emptySet().getClass()),
            type(
                    39,
                    new MapCodec(HashMap::new, Map::copyOf),
                    Map.of().getClass(),
                    Map.of(1, 1).getClass(),
                    Collections.emptyMap().getClass()),
            type(
                    40,
                    new CollectionCodec(elements -> Collections.unmodifiableSet(new LinkedHashSet<>(elements))),
                    Collections.unmodifiableSet(new HashSet<>()).getClass(),
                    Collections.singleton(1).getClass()),
            type(
                    41,
                    new MapCodec(LinkedHashMap::new, Collections::unmodifiableMap),
                    Collections.unmodifiableMap(new HashMap<>()).getClass(),
                    Collections.singletonMap(1, 1).getClass()),
            type(50, new DefaultArraySerializers.ByteArraySerializer(), byte[].class),
            type(51, new DefaultArraySerializers.ShortArraySerializer(), short[].class),
            type(52, new DefaultArraySerializers.CharArraySerializer(), char[].class),
            type(53, new DefaultArraySerializers.IntArraySerializer(), int[].class),
            type(54, new DefaultArraySerializers.LongArraySerializer(), long[].class),
            type(55, new DefaultArraySerializers.FloatArraySerializer(), float[].class),
            type(56, new DefaultArraySerializers.DoubleArraySerializer(), double[].class),
            type(57, new ArrayCodec(boolean.class), boolean[].class),
            type(58, new ArrayCodec(String.class), String[].class),
            type(59, new ArrayCodec(Object.class), Object[].class));

    /** Registered by Kryo itself, as 0 to 8. */
    private static final Set<Class<?>> KRYO_TYPES = Set.of(
            Integer.class,
            String.class,
            Float.class,
            Boolean.class,
            Byte.class,
            Character.class,
            Short.class,
            Long.class,
            Double.class);

    private StandardTypes() {}

    /** Whether {@code type} needs no registration. */
    static boolean contains(Class<?> type) {
        return type.isPrimitive()
                || KRYO_TYPES.contains(type)
                || ALL.stream().anyMatch(standard -> standard.classes.contains(type));
    }

    static void registerIn(Kryo kryo) {
        for (StandardType type : ALL) {
            for (Class<?> c : type.classes) {
                // The resolver, since Kryo.register would end the registration of another class with this id.
                kryo.getClassResolver().register(new Registration(c, type.serializer, type.id));
            }
        }
    }

    private static List<Object> unmodifiableList(List<Object> elements) {
        return elements.contains(null)
                ? Collections.unmodifiableList(new ArrayList<>(elements)) // from Stream.toList or Arrays.asList
                : List.copyOf(elements);
    }

    private static StandardType type(int id, Serializer<?> serializer, Class<?>... classes) {
        return new StandardType(id, serializer, List.of(classes));
    }
}
