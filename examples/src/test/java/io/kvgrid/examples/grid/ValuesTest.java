package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.GridMap;
import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.MapSettings;
import io.kvgrid.OperationFailedException;
import io.kvgrid.Outcome;
import io.kvgrid.core.KryoSerializer;
import io.kvgrid.spi.serialization.SerializationException;
import io.kvgrid.spi.serialization.Serializer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Objects on their way: into bytes on one node, and back on another. */
class ValuesTest extends GridTest {
    enum Status {
        OPEN,
        SHIPPED
    }

    record Line(String item, int count) {}

    record Order(UUID id, List<Line> lines, Status status, Instant at) {}

    /** Not registered anywhere. */
    record Stranger(String name) {}

    static final class Basket {
        private final List<Object> content = new ArrayList<>();
    }

    private static final Order ORDER = new Order(
            UUID.randomUUID(), List.of(new Line("desk", 1), new Line("leg", 4)), Status.OPEN, Instant.ofEpochSecond(1));

    private static KryoSerializer.Builder<Order> orders() {
        return KryoSerializer.builder(Order.class).register(Order.class, 100).register(Line.class, 101);
    }

    private GridNode<UUID, Order> orders(
            String id, GridNodeBuilder<UUID, Order> builder, Serializer<Order> serializer) {
        return start(builder.nodeId(id).serializer(serializer));
    }

    private GridNodeBuilder<UUID, Order> ordersHost() {
        return asHost(GridNode.builder(GRID, UUID.class, Order.class), "a", 0);
    }

    private GridNodeBuilder<UUID, Order> ordersMember(String id, GridNode<?, ?> host) {
        return asMember(GridNode.builder(GRID, UUID.class, Order.class), id, host.address());
    }

    @Test
    void recordWrittenOnOneNodeIsReadOnAnotherAndAfterARestart() {
        Serializer<Order> serializer = orders().register(Status.class, 102).build();
        GridNode<UUID, Order> a = orders("a", ordersHost(), serializer);
        GridNode<UUID, Order> b = orders("b", ordersMember("b", a), serializer);

        join(b.insert(ORDER.id(), ORDER, PATIENT));

        assertThat(join(a.get(ORDER.id()))).contains(ORDER);
        assertThat(b.peek(ORDER.id()))
                .as("decoded from the replicated bytes: the caller's own object is never stored")
                .isEqualTo(ORDER)
                .isNotSameAs(ORDER);
        int port = portOf(a);
        b.close();
        a.close();
        GridNode<UUID, Order> again = startReady(asHost(GridNode.builder(GRID, UUID.class, Order.class), "a", port)
                .serializer(serializer));
        assertThat(join(again.get(ORDER.id()))).contains(ORDER);
    }

    @Test
    void whatTheCallerChangesAfterwardsChangesNothing() {
        GridNode<String, Basket> node = startReady(asHost(GridNode.builder(GRID, String.class, Basket.class), "a", 0)
                .serializer(KryoSerializer.builder(Basket.class)
                        .register(Basket.class, 100)
                        .build()));
        Basket basket = new Basket();
        basket.content.add("apple");
        CompletableFuture<?> write = node.insert("k", basket);

        basket.content.add("stone");

        join(write);
        assertThat(join(node.get("k")))
                .hasValueSatisfying(stored -> assertThat(stored.content).containsExactly("apple"));
    }

    @Test
    void classThatIsNotRegisteredFailsAtInsertNamingIt() {
        GridNode<String, Basket> a = startReady(asHost(GridNode.builder(GRID, String.class, Basket.class), "a", 0)
                .serializer(KryoSerializer.builder(Basket.class)
                        .register(Basket.class, 100)
                        .build()));
        Basket basket = new Basket();
        basket.content.add(new Stranger("s"));

        assertThatThrownBy(() -> a.insert("k", basket))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining(Stranger.class.getName());

        assertThat(join(a.get("k"))).isEmpty();
        basket.content.clear();
        join(a.insert("k", basket));
    }

    @Test
    void nodesThatRegisterDifferentlyRefuseEachOtherAndSayWhy() {
        GridNode<UUID, Order> a =
                orders("a", ordersHost(), orders().register(Status.class, 102).build());
        join(a.ready());
        GridNode<UUID, Order> b = orders(
                "b",
                ordersMember("b", a).operationTimeout(Duration.ofMillis(500)),
                orders().register(Status.class, 107).build());

        OperationFailedException failure = operationFailureOf(b.insert(ORDER.id(), ORDER));

        assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(failure)
                .hasMessageContaining("the serializers differ")
                .hasMessageContaining(Status.class.getName())
                .hasMessageContainingAll("102", "107");
        assertThat(b.ready()).isNotDone();
        join(a.insert(ORDER.id(), ORDER));

        b.close();
        GridNode<UUID, Order> fixed = orders(
                "b", ordersMember("b", a), orders().register(Status.class, 102).build());
        join(fixed.ready());
        assertThat(join(fixed.get(ORDER.id()))).contains(ORDER);
    }

    @Test
    void builtInTypesNeedNoSerializer() {
        GridNode<String, String> a = startReady(host("a"));
        GridNode<String, String> b = startReady(member("b", a));

        roundTrip(a, b, Long.class, 1L, UUID.class, UUID.randomUUID());
        roundTrip(a, b, UUID.class, UUID.randomUUID(), Long.class, Long.MIN_VALUE);
        roundTrip(a, b, Integer.class, -1, Double.class, -0.0);
        roundTrip(a, b, Boolean.class, true, Character.class, '\uFFFF');
        roundTrip(a, b, Short.class, (short) -5, Byte.class, (byte) -128);
        roundTrip(a, b, Float.class, 1.5f, String.class, "\u00e4\uD83D\uDE00");
        GridMap<byte[], byte[]> bytes = a.map("bytes", byte[].class, byte[].class);
        join(bytes.insert(new byte[] {1, 2}, new byte[0]));
        assertThat(join(b.map("bytes", byte[].class, byte[].class).get(new byte[] {1, 2})))
                .hasValueSatisfying(value -> assertThat(value).isEmpty());
    }

    private static <K, V> void roundTrip(
            GridNode<?, ?> writer, GridNode<?, ?> reader, Class<K> keyType, K key, Class<V> valueType, V value) {
        String name = keyType.getSimpleName() + "-" + valueType.getSimpleName();
        join(writer.map(name, keyType, valueType).insert(key, value));
        assertThat(join(reader.map(name, keyType, valueType).get(key))).contains(value);
    }

    /** What another node stored with a serializer that this one does not have. */
    @Test
    void valueThatCannotBeDecodedFailsTheReadAndNothingElse() {
        GridNode<String, String> a = startReady(host("a"));
        GridNode<String, String> b = startReady(member("b", a));
        join(a.map("m", String.class, String.class).insert("k", "not a long"));
        GridMap<String, Long> wrong = b.map("m", String.class, Long.class);

        assertThat(failureOf(wrong.get("k"))).isInstanceOf(SerializationException.class);
        assertThat(failureOf(wrong.get("k", io.kvgrid.ReadConsistency.LOCAL)))
                .isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> wrong.peek("k")).isInstanceOf(SerializationException.class);

        join(b.insert("k", "v"));
        assertThat(join(a.get("k"))).contains("v");
    }

    /** The application's code fails on its own threads; the loop never runs it. */
    @Test
    void serializerThatThrowsHarmsNobodyElse() {
        Serializer<String> broken = new Serializer<>() {
            @Override
            public byte[] serialize(String value) {
                if (value.isEmpty()) {
                    throw new IllegalStateException("broken");
                }
                return value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            }

            @Override
            public String deserialize(byte[] bytes) {
                throw new IllegalStateException("broken");
            }

            @Override
            public List<String> description() {
                return List.of("broken");
            }
        };
        GridNode<String, String> node = startReady(host("a"));
        GridMap<String, String> map =
                node.map(MapSettings.of("m", String.class, String.class).serializer(broken));

        assertThatThrownBy(() -> map.insert("k", "")).hasMessage("broken");
        join(map.insert("k", "v"));
        assertThat(failureOf(map.get("k"))).hasMessage("broken");
        assertThat(failureOf(map.get("k"))).hasMessage("broken");
        assertThatThrownBy(() -> map.peek("k")).hasMessage("broken");

        join(node.insert("k", "v"));
        assertThat(join(node.get("k"))).contains("v");
    }
}
