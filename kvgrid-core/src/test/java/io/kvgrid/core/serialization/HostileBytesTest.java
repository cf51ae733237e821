package io.kvgrid.core.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.core.KryoSerializer;
import io.kvgrid.core.serialization.Samples.Holder;
import io.kvgrid.core.serialization.Samples.ListHolder;
import io.kvgrid.spi.serialization.SerializationException;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** X2, X4, X14: any bytes give a value of the map's type or a SerializationException, at a cost their length bounds. */
class HostileBytesTest {
    /**
     * What reading may allocate for one byte: an empty record in a list, or the char of a string, and the growth of
     * buffers.
     */
    private static final long MAX_ALLOCATION_PER_BYTE = 100;

    /** What reading may allocate anyway, a new Kryo included. */
    private static final long MAX_ALLOCATION = 1 << 20;

    private static final int HOLDER_ID = 300;

    static final AtomicBoolean GADGET_INITIALISED = new AtomicBoolean();

    private final KryoSerializer<Holder> serializer = Samples.holders();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void mutatedBytesAreAValueOrRefused(long seed) {
        Random random = new Random(seed);
        List<byte[]> valid = Stream.concat(Samples.values().stream(), Samples.arrays().stream())
                .map(value -> serializer.serialize(new Holder(value)))
                .toList();
        int accepted = 0;

        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = mutate(valid, random);
            if (isAccepted(bytes, "seed " + seed + ", case " + i)) {
                accepted++;
            }
        }

        assertThat(accepted).as("mutations that are still a value").isBetween(500, 19_000);
    }

    @Test
    void validBytesCutAnywhereAreRefused() {
        for (Object value : Samples.values()) {
            byte[] bytes = serializer.serialize(new Holder(value));
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> serializer.deserialize(cut))
                        .as("%s cut to %d of %d bytes", value.getClass(), length, bytes.length)
                        .isInstanceOf(SerializationException.class);
            }
        }
    }

    /** Whether the bytes are a value; fails if reading them ends in any other way, or changes them. */
    private boolean isAccepted(byte[] bytes, String which) {
        Holder read;
        byte[] given = bytes.clone();
        try {
            read = serializer.deserialize(given);
        } catch (SerializationException e) {
            assertThat(Arrays.equals(given, bytes)).as(which).isTrue();
            return false;
        } catch (Throwable t) {
            throw new AssertionError(which + ": " + HexFormat.of().formatHex(bytes), t);
        }
        assertThat(serializer.serialize(read)).as(which).isNotEmpty(); // a value like any other
        return true;
    }

    private static byte[] mutate(List<byte[]> valid, Random random) {
        byte[] bytes = valid.get(random.nextInt(valid.size())).clone();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 3 -> bytes = replace(bytes, at, 1, varint(random.nextInt() >>> random.nextInt(32)));
                case 4 -> bytes = replace(bytes, at, Math.min(1 + random.nextInt(8), bytes.length - at), new byte[1]);
                default -> {
                    byte[] other = valid.get(random.nextInt(valid.size()));
                    bytes = replace(
                            bytes, at, 0, Arrays.copyOfRange(other, random.nextInt(other.length), other.length));
                }
            }
        }
        return bytes;
    }

    private static byte[] replace(byte[] bytes, int at, int length, byte[] by) {
        return concat(Arrays.copyOf(bytes, at), by, Arrays.copyOfRange(bytes, at + length, bytes.length));
    }

    static IntStream standardIds() {
        return IntStream.range(0, 60).filter(id -> id < 9 || (id > 9 && id < 23) || (id > 29 && id < 42) || id > 49);
    }

    @ParameterizedTest
    @MethodSource("standardIds")
    void lengthBeyondTheBytesIsRefusedBeforeAnythingIsAllocated(int id) {
        for (int length : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 28, 100_000}) {
            for (byte[] announced : List.of(varint(length), varint(length << 1), flaggedVarint(length))) {
                byte[] bytes = concat(varint(HOLDER_ID + 2), varint(id + 2), announced, new byte[16]);

                long allocated = allocatedBy(() -> assertThatThrownBy(() -> serializer.deserialize(bytes))
                        .isInstanceOf(SerializationException.class));

                assertThat(allocated).as("length %d", length).isLessThan(MAX_ALLOCATION);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 31, 33, 37, 38, 40, 58, 59})
    void nestedCollectionsThatEachAnnounceAllThatIsLeftAllocateNoMoreThanTheyHold(int id) {
        byte[] bytes = new byte[500_000];
        int at = 0;
        for (byte b : varint(HOLDER_ID + 2)) {
            bytes[at++] = b;
        }
        for (int depth = 0; depth < KryoSerializer.MAX_DEPTH - 2; depth++) {
            bytes[at++] = (byte) (id + 2);
            for (byte b : varint(bytes.length - at - 10)) {
                bytes[at++] = b;
            }
        }

        long allocated = allocatedBy(() -> isAccepted(bytes, "id " + id));

        assertThat(allocated).isLessThan(MAX_ALLOCATION + bytes.length * MAX_ALLOCATION_PER_BYTE);
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8})
    void allocationIsBoundedByTheBytes(long seed) {
        Random random = new Random(seed);
        List<byte[]> valid = Stream.concat(Samples.values().stream(), Samples.arrays().stream())
                .map(value -> serializer.serialize(new Holder(value)))
                .toList();

        for (int i = 0; i < 5_000; i++) {
            byte[] bytes = mutate(valid, random);
            long allocated = allocatedBy(() -> isAccepted(bytes, "seed " + seed));
            assertThat(allocated)
                    .as("seed %d, case %d: %s", seed, i, HexFormat.of().formatHex(bytes))
                    .isLessThan(MAX_ALLOCATION + bytes.length * MAX_ALLOCATION_PER_BYTE);
        }
    }

    @Test
    void nestingBeyondTheLimitIsRefusedOnASmallStack() throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            out.writeBytes(varint(HOLDER_ID + 2));
        }
        AtomicReference<Throwable> thrown = new AtomicReference<>();

        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        serializer.deserialize(out.toByteArray());
                    } catch (Throwable t) {
                        thrown.set(t);
                    }
                },
                "small-stack",
                200 << 10);
        thread.start();
        thread.join();

        assertThat(thrown.get())
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("nested deeper than 100 levels");
    }

    @Test
    void classNameInTheBytesIsNotLookedUp() {
        byte[] name = Gadget.class.getName().getBytes(StandardCharsets.US_ASCII);
        name[name.length - 1] |= (byte) 0x80; // Kryo marks the last byte
        byte[] root = concat(varint(1), varint(0), name, new byte[4]);
        byte[] inside = concat(varint(HOLDER_ID + 2), root);

        for (byte[] bytes : List.of(root, inside)) {
            assertThatThrownBy(() -> serializer.deserialize(bytes))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("a class name instead of a registered id");
        }
        assertThat(GADGET_INITIALISED).isFalse();
    }

    /** On the class path, dangerous to initialise, and not registered. */
    static final class Gadget {
        static {
            GADGET_INITIALISED.set(true);
        }
    }

    @Test
    void unknownIdIsNamed() {
        assertThatThrownBy(() -> serializer.deserialize(varint(4711 + 2)))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("id 4711, which is not registered");
    }

    @Test
    void fieldTakesNoValueOfAnotherType() {
        ListHolder value = new ListHolder();
        value.list = List.of();
        byte[] bytes = serializer.serialize(new Holder(value));
        assertThat(Arrays.copyOfRange(bytes, bytes.length - 2, bytes.length)).containsExactly(37 + 2, 0); // List.of, 0

        bytes[bytes.length - 2] = 7 + 2; // a Long, 0

        assertThatThrownBy(() -> serializer.deserialize(bytes))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("a value of another type for " + ListHolder.class.getName() + ".list");
    }

    private static byte[] varint(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        return out.toByteArray();
    }

    /** As Kryo writes the length of a string that is not ASCII: a flag and six bits in the first byte. */
    private static byte[] flaggedVarint(int value) {
        if (value >>> 6 == 0) {
            return new byte[] {(byte) (value | 0x80)};
        }
        return concat(new byte[] {(byte) ((value & 0x3F) | 0xC0)}, varint(value >>> 6));
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static long allocatedBy(Runnable run) {
        long before = allocatedByThisThread();
        run.run();
        return allocatedByThisThread() - before;
    }

    /** Through reflection, since this module does not read jdk.management. */
    private static long allocatedByThisThread() {
        try {
            Object bean = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            Method allocated =
                    Class.forName("com.sun.management.ThreadMXBean").getMethod("getThreadAllocatedBytes", long.class);
            return (Long) allocated.invoke(bean, Thread.currentThread().getId());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the JVM counts no allocations", e);
        }
    }
}
