package io.kvgrid.core.serialization;

import com.esotericsoftware.kryo.Kryo;
import io.kvgrid.core.KryoSerializer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An application's classes. */
public final class Samples {
    static {
        // These tests run inside the named module io.kvgrid.core, which opens nothing; an application's would.
        Module module = Samples.class.getModule();
        module.addOpens(Samples.class.getPackageName(), Kryo.class.getModule());
    }

    private Samples() {}

    public record Order(
            UUID id,
            Customer customer,
            List<Line> lines,
            Map<String, Payment> payments,
            Status status,
            Instant at,
            BigDecimal total,
            @Nullable String remark,
            int revision) {}

    public record Line(String item, int count) {}

    public sealed interface Payment permits Card, Cash {}

    public record Card(String number) implements Payment {}

    public record Cash() implements Payment {}

    public enum Status {
        OPEN,
        SHIPPED {
            @Override
            public boolean done() {
                return true;
            }
        };

        public boolean done() {
            return false;
        }
    }

    public static class Person {
        private @Nullable String name;
        protected double[] scores = {};

        public Person() {}

        Person(String name, double... scores) {
            this.name = name;
            this.scores = scores;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Person that
                    && Objects.equals(that.name, name)
                    && Arrays.equals(that.scores, scores);
        }

        @Override
        public int hashCode() {
            return Objects.hash(name, Arrays.hashCode(scores));
        }
    }

    public static final class Customer extends Person {
        private final List<Line> basket = new ArrayList<>();
        private Optional<Line> favourite = Optional.empty();
        private long points;
        transient int cached = 7;

        private Customer() {}

        public Customer(String name, long points, List<Line> basket) {
            super(name, 1.5, -0.0);
            this.points = points;
            this.basket.addAll(basket);
            this.favourite = basket.stream().findFirst();
            this.cached = 8;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return super.equals(other)
                    && other instanceof Customer that
                    && that.points == points
                    && that.basket.equals(basket)
                    && Objects.equals(that.favourite, favourite);
        }

        @Override
        public int hashCode() {
            return Objects.hash(super.hashCode(), points);
        }
    }

    /** Holds anything. */
    public record Holder(@Nullable Object value) {}

    /** A list is declared, so nothing else may arrive in it. */
    public static final class ListHolder {
        public @Nullable List<String> list;
    }

    /** For tests of what is not registered. */
    public record Unregistered(String secret) {}

    public static KryoSerializer<Order> orders() {
        return register(KryoSerializer.builder(Order.class));
    }

    public static KryoSerializer<Holder> holders() {
        return register(KryoSerializer.builder(Holder.class));
    }

    public static KryoSerializer<Object> anything() {
        return register(KryoSerializer.builder(Object.class));
    }

    private static <T> KryoSerializer<T> register(KryoSerializer.Builder<T> builder) {
        return builder.register(Order.class, 100)
                .register(Line.class, 101)
                .register(Customer.class, 102)
                .register(Card.class, 103)
                .register(Cash.class, 104)
                .register(Status.class, 105)
                .register(Line[].class, 106)
                .register(int[][].class, 107)
                .register(Person.class, 108)
                .register(Holder.class, 300)
                .register(ListHolder.class, 301)
                .build();
    }

    public static Order order() {
        List<Line> lines =
                List.of(new Line("pen", 3), new Line("Tinte blau \u00e4\ud83d\ude00", -1), new Line("", 1 << 30));
        return new Order(
                new UUID(0x0123456789abcdefL, 42),
                new Customer("Ada", 77, lines),
                lines,
                Map.of("first", new Card("4711"), "second", new Cash()),
                Status.SHIPPED,
                Instant.parse("2024-02-29T12:34:56.789Z"),
                new BigDecimal("12345678901234567890.123"),
                null,
                -5);
    }

    /** One value of each standard type, and shapes of the registered ones. */
    @SuppressWarnings("JavaUtilDate") // old classes have it
    public static List<Object> values() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("b", 2);
        map.put("a", null);
        List<@Nullable Object> withNull = Arrays.asList("x", null, 3L);
        return List.of(
                "text",
                "",
                "\u00e4\u20ac\ud83d\ude00",
                true,
                (byte) -1,
                (short) -2,
                'c',
                -3,
                Long.MIN_VALUE,
                1.25f,
                Double.NaN,
                new UUID(1, 2),
                BigInteger.TWO.pow(200).negate(),
                new BigDecimal("-0.0001"),
                Instant.EPOCH,
                Duration.ofNanos(-1),
                LocalDate.of(2024, 2, 29),
                LocalTime.of(23, 59, 59, 999_999_999),
                LocalDateTime.of(1, 1, 1, 0, 0),
                OffsetDateTime.of(2020, 1, 1, 0, 0, 0, 0, ZoneOffset.ofHours(-3)),
                ZonedDateTime.of(2020, 6, 1, 0, 0, 0, 0, ZoneId.of("Europe/Berlin")),
                new Date(1234567890123L),
                URI.create("https://example.org/a?b=c"),
                Optional.of(new Line("pen", 1)),
                Optional.empty(),
                new ArrayList<>(withNull),
                new HashSet<>(Set.of(1, 2, 3)),
                new LinkedHashSet<>(List.of("z", "y")),
                new TreeSet<>(List.of(3, 1, 2)),
                new HashMap<>(map),
                map,
                new TreeMap<>(Map.of("k", List.of(1))),
                List.of(),
                List.of(1),
                List.of(1, 2, 3, 4),
                List.of(1, 2, 3, 4).subList(1, 3),
                withNull,
                Stream.of("x", null).toList(),
                Collections.emptyList(),
                Collections.singletonList(null),
                Collections.unmodifiableList(new ArrayList<>(List.of(1))),
                Set.of(),
                Set.of(1),
                Set.of(1, 2, 3),
                Collections.emptySet(),
                Collections.singleton("s"),
                Collections.unmodifiableSet(new LinkedHashSet<>(List.of("z", "y"))),
                Map.of(),
                Map.of(1, 2),
                Map.of("k", Status.OPEN, "l", Status.SHIPPED),
                Collections.emptyMap(),
                Collections.singletonMap("k", "v"),
                Collections.unmodifiableMap(map),
                Status.OPEN,
                Status.SHIPPED,
                order(),
                new Customer("Bob", -1, List.of()),
                new Person("Eve", 1, 2, 3),
                new Holder(new Holder(null)));
    }

    /** Arrays, which equal only themselves. */
    public static List<Object> arrays() {
        return List.of(
                new byte[] {1, -1},
                new short[] {1, -1},
                new char[] {'a', '\uffff'},
                new int[] {1, Integer.MIN_VALUE},
                new long[] {1, Long.MIN_VALUE},
                new float[] {1.5f},
                new double[] {-0.0, 2},
                new boolean[] {true, false},
                new String[] {"a", null},
                new Object[] {1, null, new Line("pen", 1), new Object[] {}},
                new Line[] {new Line("pen", 1), null},
                new int[][] {{1, 2}, {}, {3}});
    }
}
