package io.kvgrid.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.esotericsoftware.kryo.Kryo;
import io.kvgrid.core.serialization.Samples;
import io.kvgrid.core.serialization.Samples.Card;
import io.kvgrid.core.serialization.Samples.Customer;
import io.kvgrid.core.serialization.Samples.Holder;
import io.kvgrid.core.serialization.Samples.Line;
import io.kvgrid.core.serialization.Samples.Order;
import io.kvgrid.core.serialization.Samples.Status;
import io.kvgrid.core.serialization.Samples.Unregistered;
import io.kvgrid.spi.serialization.SerializationException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KryoSerializerTest {
    static {
        // This test runs inside the named module io.kvgrid.core, which opens nothing; an application's would.
        KryoSerializerTest.class
                .getModule()
                .addOpens(KryoSerializerTest.class.getPackageName(), Kryo.class.getModule());
    }

    private final KryoSerializer<Order> orders = Samples.orders();
    private final KryoSerializer<Holder> holders = Samples.holders();

    static List<Object> values() {
        return Samples.values();
    }

    static List<Object> arrays() {
        return Samples.arrays();
    }

    @ParameterizedTest
    @MethodSource("values")
    void valueComesBackEqual(Object value) {
        Object read = holders.deserialize(holders.serialize(new Holder(value))).value();

        assertThat(read).isEqualTo(value).hasSameHashCodeAs(value);
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void arrayComesBackEqual(Object array) {
        Object read = holders.deserialize(holders.serialize(new Holder(array))).value();

        assertThat(read).hasSameClassAs(array);
        assertThat(Arrays.deepEquals(new Object[] {read}, new Object[] {array})).isTrue();
    }

    @Test
    void layoutOfRegisteredTypesIsFixed() {
        // id 101 + 2 (one byte), then by name: count as zigzag varint, item with its last byte marked
        assertThat(hex(KryoSerializer.builder(Line.class)
                        .register(Line.class, 101)
                        .build()
                        .serialize(new Line("pen", 3))))
                .isEqualTo("67" + "06" + "7065ee");
        // 300 + 2 in two bytes, the list as 37 + 2, 2 elements, each with its class id
        assertThat(hex(holders.serialize(new Holder(List.of(1, "a")))))
                .isEqualTo("ae02" + "27" + "02" + "0202" + "038261");
    }

    @Test
    void objectOfTheCallerIsNotKept() {
        Customer customer = new Customer("Ada", 1, List.of());
        byte[] bytes = holders.serialize(new Holder(customer));

        Object first = holders.deserialize(bytes).value();
        Object second = holders.deserialize(bytes).value();

        assertThat(first).isEqualTo(customer).isNotSameAs(customer).isNotSameAs(second);
    }

    @Test
    void collectionsOfPrivateClassesComeBackUnmodifiable() {
        Object list = holders.deserialize(holders.serialize(new Holder(List.of(1, 2))))
                .value();

        assertThat(list)
                .isInstanceOfSatisfying(
                        List.class,
                        read -> assertThatThrownBy(read::clear).isInstanceOf(UnsupportedOperationException.class));
    }

    @Test
    void unregisteredClassIsNamedOnTheCallersSide() {
        assertThatThrownBy(() -> holders.serialize(new Holder(List.of(new Unregistered("s3cret")))))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining(Unregistered.class.getName() + " is not registered")
                .hasMessageContaining("register(Unregistered.class, <id>)")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void unregisteredRootFailsAtTheFirstValueOnly() {
        KryoSerializer<Unregistered> serializer =
                KryoSerializer.builder(Unregistered.class).build();

        assertThatThrownBy(() -> serializer.serialize(new Unregistered("s3cret")))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining(Unregistered.class.getName() + " is not registered");
    }

    @Test
    void classOfTheJdkBeyondTheStandardTypesIsNamed() {
        assertThatThrownBy(() -> holders.serialize(new Holder(new BitSet())))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("java.util.BitSet is not among the standard types");
        assertThatThrownBy(() -> KryoSerializer.builder(Object.class).register(BitSet.class, 100))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.util.BitSet is part of the JDK");
    }

    @Test
    void rootMayBeAnInterface() {
        KryoSerializer<Samples.Payment> payments = KryoSerializer.builder(Samples.Payment.class)
                .register(Card.class, 100)
                .build();

        assertThat(payments.deserialize(payments.serialize(new Card("1")))).isEqualTo(new Card("1"));
    }

    @Test
    void bytesOfAnotherRootAreRefused() {
        byte[] bytes = holders.serialize(new Holder(1));

        assertThatThrownBy(() -> orders.deserialize(bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("they hold a " + Holder.class.getName());
        assertThatThrownBy(() -> orders.deserialize(new byte[] {0}))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("they hold null");
    }

    @Test
    void bytesAfterTheValueAreRefused() {
        byte[] bytes = orders.serialize(Samples.order());

        assertThatThrownBy(() -> orders.deserialize(Arrays.copyOf(bytes, bytes.length + 1)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("1 bytes are left over");
    }

    @Test
    void valueIsNotWrittenBeyondTheLongest() {
        assertThat(holders.serialize(new Holder(new byte[KryoSerializer.MAX_BYTES - 6])))
                .hasSize(KryoSerializer.MAX_BYTES);
        assertThatThrownBy(() -> holders.serialize(new Holder(new byte[KryoSerializer.MAX_BYTES - 5])))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("longer than 1048576 bytes");
        assertThatThrownBy(() -> holders.deserialize(new byte[KryoSerializer.MAX_BYTES + 1]))
                .isInstanceOf(SerializationException.class);
    }

    @Test
    void whateverIsWrittenCanBeReadUpToTheGreatestDepth() {
        Holder deepest = nested(KryoSerializer.MAX_DEPTH);

        assertThat(holders.deserialize(holders.serialize(deepest))).isEqualTo(deepest);
        assertThatThrownBy(() -> holders.serialize(nested(KryoSerializer.MAX_DEPTH + 1)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("nested deeper than 100 levels");
    }

    private static Holder nested(int levels) {
        Holder holder = new Holder(null);
        for (int i = 2; i < levels; i++) { // the innermost null is a level too
            holder = new Holder(holder);
        }
        return holder;
    }

    @Test
    void circleIsRefused() {
        List<Object> circle = new ArrayList<>();
        circle.add(circle);

        assertThatThrownBy(() -> holders.serialize(new Holder(circle)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("in a circle");
    }

    @Test
    void comparatorIsRefused() {
        TreeMap<String, String> map = new TreeMap<>(Comparator.reverseOrder());
        map.put("k", "v");
        TreeSet<String> set = new TreeSet<>(Comparator.reverseOrder());
        set.add("e");

        assertThatThrownBy(() -> holders.serialize(new Holder(map))).hasMessageContaining("comparator");
        assertThatThrownBy(() -> holders.serialize(new Holder(set))).hasMessageContaining("comparator");
    }

    @Test
    void failedWriteLeavesNothingForTheNext() {
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> holders.serialize(new Holder(List.of("a", new Unregistered("s3cret")))))
                    .isInstanceOf(SerializationException.class);
            assertThat(holders.deserialize(holders.serialize(new Holder("b")))).isEqualTo(new Holder("b"));
        }
    }

    @Test
    void threadsDoNotDisturbEachOther() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Void>> runs = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int thread = t;
                Callable<Void> run = () -> {
                    for (int i = 0; i < 2_000; i++) {
                        Holder value = new Holder(List.of(thread, i, "x".repeat(i % 50), new Line("l" + i, thread)));
                        assertThat(holders.deserialize(holders.serialize(value)))
                                .isEqualTo(value);
                    }
                    return null;
                };
                runs.add(threads.submit(run));
            }
            for (Future<Void> run : runs) {
                run.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void registrationThatCannotWorkIsRefusedAtOnce() {
        KryoSerializer.Builder<Object> builder =
                KryoSerializer.builder(Object.class).register(Line.class, 100);

        assertThatThrownBy(() -> builder.register(Line.class, 101)).hasMessageContaining("registered already, as 100");
        assertThatThrownBy(() -> builder.register(Card.class, 100)).hasMessageContaining("id 100 is given to");
        assertThatThrownBy(() -> builder.register(Card.class, KryoSerializer.FIRST_ID - 1))
                .hasMessageContaining("64 to 65535");
        assertThatThrownBy(() -> builder.register(Card.class, KryoSerializer.LAST_ID + 1))
                .hasMessageContaining("64 to 65535");
        assertThatThrownBy(() -> builder.register(ArrayList.class, 101)).hasMessageContaining("needs no registration");
        assertThatThrownBy(() -> builder.register(String.class, 101)).hasMessageContaining("needs no registration");
        assertThatThrownBy(() -> builder.register(int.class, 101)).hasMessageContaining("needs no registration");
        assertThatThrownBy(() -> builder.register(Samples.Payment.class, 101)).hasMessageContaining("is abstract");
        assertThatThrownBy(() -> builder.register(NoConstructor.class, 101))
                .hasMessageContaining("no constructor without");
        assertThatThrownBy(() -> builder.register(OwnList.class, 101)).hasMessageContaining("is part of the JDK");
        assertThat(builder.register(Card.class, 101).build().description()).hasSize(3);
    }

    static final class NoConstructor {
        final int value;

        NoConstructor(int value) {
            this.value = value;
        }
    }

    static final class OwnList extends ArrayList<String> {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void descriptionHasOneLineForEachRegistrationInOrder() {
        KryoSerializer<Order> serializer = KryoSerializer.builder(Order.class)
                .register(Status.class, 105)
                .register(Order.class, 100)
                .register(Line[].class, 64)
                .register(Customer.class, 102)
                .build();

        assertThat(serializer.description())
                .containsExactly(
                        "0 " + Order.class.getName() + " root:kryo5.1",
                        "64 " + Line[].class.getTypeName() + " array:715be533",
                        "100 " + Order.class.getName() + " record:c3f149dd",
                        "102 " + Customer.class.getName() + " class:da30706a",
                        "105 " + Status.class.getName() + " enum:0d41e5c6");
    }

    @Test
    void contentIsNotInTheFailureOfAnAccessor() {
        KryoSerializer<Picky> serializer =
                KryoSerializer.builder(Picky.class).register(Picky.class, 100).build();
        byte[] bytes = serializer.serialize(new Picky("fine"));
        bytes[1] = 's'; // "sine"

        Throwable thrown = catchThrowable(() -> serializer.deserialize(bytes));

        assertThat(thrown)
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining(IllegalArgumentException.class.getName())
                .hasStackTraceContaining("Picky.<init>")
                .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("sine"));
    }

    /** Refuses some values, quoting them. */
    record Picky(String word) {
        Picky {
            if (word.startsWith("s")) {
                throw new IllegalArgumentException("not " + word);
            }
        }
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter out = new StringWriter();
        thrown.printStackTrace(new PrintWriter(out));
        return out.toString();
    }

    @Test
    void orderComesBackFromAnotherSerializerOfTheSameRegistrations() {
        assertThat(Samples.orders().deserialize(orders.serialize(Samples.order())))
                .isEqualTo(Samples.order())
                .extracting(Order::id)
                .isEqualTo(new UUID(0x0123456789abcdefL, 42));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
