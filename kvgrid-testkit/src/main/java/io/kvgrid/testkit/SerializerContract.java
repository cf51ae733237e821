package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.serialization.SerializationException;
import io.kvgrid.spi.serialization.Serializer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Proves that a {@link Serializer} does what its documentation says. Extend it, give the serializer and a few values. The
 * tests cannot be overridden.
 *
 * @param <T> what is serialized; its values compare with {@code equals}, or are arrays
 */
public abstract class SerializerContract<T> {
    /** A serializer with all its types registered; a new one, or the same, at each call. */
    protected abstract Serializer<T> serializer();

    /** Different values: the smallest, the largest, and what lies between. */
    protected abstract List<T> values();

    /** Whether the serializer may be used for keys: equal ones must then give equal bytes. */
    protected boolean isForKeys() {
        return false;
    }

    /** A value of a type that is not registered; empty where the type leaves no room for one. */
    protected Optional<T> unregistered() {
        return Optional.empty();
    }

    @Test
    final void valuesComeBackEqual() {
        for (T value : values()) {
            assertThat(serializer().deserialize(serializer().serialize(value))).isEqualTo(value);
        }
    }

    @Test
    final void differentValuesGiveDifferentBytes() {
        Serializer<T> serializer = serializer();

        assertThat(values().stream()
                        .map(value -> Arrays.toString(serializer.serialize(value)))
                        .distinct())
                .hasSameSizeAs(values());
    }

    @Test
    final void equalKeysGiveEqualBytes() {
        Capability.needs(getClass(), "equalKeysGiveEqualBytes", isForKeys(), "a use for keys");
        for (T value : values()) {
            byte[] bytes = serializer().serialize(value);

            T equal = serializer().deserialize(bytes);

            assertThat(serializer().serialize(equal)).isEqualTo(bytes);
        }
    }

    @Test
    final void bytesGivenAndTakenAreNotShared() {
        Serializer<T> serializer = serializer();
        for (T value : values()) {
            byte[] bytes = serializer.serialize(value);
            byte[] copy = bytes.clone();
            T read = serializer.deserialize(copy);
            Arrays.fill(copy, (byte) 0x55);

            assertThat(read).as("what was read does not change with its bytes").isEqualTo(value);
            assertThat(serializer.serialize(value)).isEqualTo(bytes);
        }
    }

    @Test
    final void descriptionIsFixed() {
        Serializer<T> serializer = serializer();
        List<String> description = serializer.description();
        values().forEach(serializer::serialize);

        assertThat(description).isNotEmpty().doesNotHaveDuplicates();
        assertThat(description).allSatisfy(line -> assertThat(line).isNotBlank().doesNotContain("\n", "\r"));
        assertThat(serializer.description()).isEqualTo(description);
        assertThat(serializer().description()).as("of another instance").isEqualTo(description);
    }

    @Test
    final void unregisteredTypeIsRefusedByName() {
        Optional<T> unregistered = unregistered();
        Capability.needs(
                getClass(), "unregisteredTypeIsRefusedByName", unregistered.isPresent(), "an unregistered value");
        T value = unregistered.orElseThrow();

        assertThatThrownBy(() -> serializer().serialize(value))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining(value.getClass().getName());
    }

    /** X2, X14: whatever the bytes, a value or a typed error. */
    @Test
    final void damagedBytesGiveAValueOrASerializationException() {
        Serializer<T> serializer = serializer();
        Random random = new Random(1);
        for (T value : values()) {
            byte[] bytes = serializer.serialize(value);
            int step = Math.max(1, bytes.length / 2_000);
            for (int at = 0; at < bytes.length; at += step) {
                readGarbage(serializer, Arrays.copyOf(bytes, at));
                for (int bit = 0; bit < 8; bit++) {
                    byte[] flipped = bytes.clone();
                    flipped[at] ^= (byte) (1 << bit);
                    readGarbage(serializer, flipped);
                }
            }
            readGarbage(serializer, Arrays.copyOf(bytes, bytes.length + 1));
        }
        for (int i = 0; i < 5_000; i++) {
            byte[] garbage = new byte[random.nextInt(64)];
            random.nextBytes(garbage);
            readGarbage(serializer, garbage);
        }
        valuesComeBackEqual(); // nothing of it has done the serializer any harm
    }

    @Test
    final void manyThreadsMayUseIt() throws Exception {
        Serializer<T> serializer = serializer();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                runs.add(threads.submit(() -> {
                    for (int round = 0; round < 500; round++) {
                        for (T value : values()) {
                            assertThat(serializer.deserialize(serializer.serialize(value)))
                                    .isEqualTo(value);
                        }
                    }
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static void readGarbage(Serializer<?> serializer, byte[] bytes) {
        try {
            serializer.deserialize(bytes);
        } catch (SerializationException e) {
            assertThat(e.getMessage()).isNotBlank();
        } catch (Throwable e) {
            throw new AssertionError("bytes " + Arrays.toString(bytes) + " gave no SerializationException", e);
        }
    }
}
