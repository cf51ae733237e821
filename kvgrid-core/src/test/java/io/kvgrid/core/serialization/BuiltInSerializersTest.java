package io.kvgrid.core.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.serialization.SerializationException;
import io.kvgrid.spi.serialization.Serializer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltInSerializersTest {
    static Stream<Arguments> layouts() {
        return Stream.of(
                Arguments.of(String.class, "a\u00e4\u20ac\ud83d\ude00", "61c3a4e282acf09f9880"),
                Arguments.of(String.class, "", ""),
                Arguments.of(String.class, "\ufffd", "efbfbd"),
                Arguments.of(Boolean.class, true, "01"),
                Arguments.of(Boolean.class, false, "00"),
                Arguments.of(Byte.class, (byte) -2, "fe"),
                Arguments.of(Short.class, (short) 0x0102, "0102"),
                Arguments.of(Character.class, '\ud83d', "d83d"),
                Arguments.of(Integer.class, 0x01020304, "01020304"),
                Arguments.of(Long.class, -2L, "fffffffffffffffe"),
                Arguments.of(Float.class, 1.5f, "3fc00000"),
                Arguments.of(Float.class, Float.NaN, "7fc00000"),
                Arguments.of(Double.class, -0.0, "8000000000000000"),
                Arguments.of(Double.class, Double.NaN, "7ff8000000000000"),
                Arguments.of(
                        UUID.class,
                        UUID.fromString("01234567-89ab-cdef-fedc-ba9876543210"),
                        "0123456789abcdeffedcba9876543210"));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    <T> void layoutIsFixed(Class<T> type, T value, String hex) {
        Serializer<T> serializer = BuiltInSerializers.forType(type);

        assertThat(HexFormat.of().formatHex(serializer.serialize(value))).isEqualTo(hex);
        assertThat(serializer.deserialize(HexFormat.of().parseHex(hex))).isEqualTo(value);
    }

    static Stream<Arguments> types() {
        return Stream.of(
                type(Boolean.class, 1, Random::nextBoolean),
                type(Byte.class, 1, random -> (byte) random.nextInt()),
                type(Short.class, 2, random -> (short) random.nextInt()),
                type(Character.class, 2, random -> (char) random.nextInt()),
                type(Integer.class, 4, Random::nextInt),
                type(Long.class, 8, Random::nextLong),
                type(Float.class, 4, random -> Float.intBitsToFloat(random.nextInt())),
                type(Double.class, 8, random -> Double.longBitsToDouble(random.nextLong())),
                type(UUID.class, 16, random -> new UUID(random.nextLong(), random.nextLong())));
    }

    private static <T> Arguments type(Class<T> type, int width, Function<Random, T> values) {
        return Arguments.of(type, width, values);
    }

    @ParameterizedTest
    @MethodSource("types")
    <T> void valuesComeBack(Class<T> type, int width, Function<Random, T> values) {
        Serializer<T> serializer = BuiltInSerializers.forType(type);
        Random random = new Random(7);

        for (int i = 0; i < 1_000; i++) {
            T value = values.apply(random);
            assertThat(serializer.deserialize(serializer.serialize(value))).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    <T> void otherLengthsAreRefused(Class<T> type, int width, Function<Random, T> values) {
        Serializer<T> serializer = BuiltInSerializers.forType(type);

        for (int length : new int[] {0, width - 1, width + 1, 100}) {
            assertThatThrownBy(() -> serializer.deserialize(new byte[length]))
                    .isInstanceOf(SerializationException.class)
                    .hasMessage(type.getSimpleName() + " has " + width + " bytes, not " + length);
        }
    }

    @Test
    void otherBooleansAreRefused() {
        assertThatThrownBy(() -> BuiltInSerializers.forType(Boolean.class).deserialize(new byte[] {2}))
                .isInstanceOf(SerializationException.class);
    }

    @Test
    void allNaNsHaveTheSameBytes() {
        float otherFloat = Float.intBitsToFloat(0x7fc00001);
        double otherDouble = Double.longBitsToDouble(0x7ff8000000000001L);

        assertThat(BuiltInSerializers.forType(Float.class).serialize(otherFloat))
                .isEqualTo(BuiltInSerializers.forType(Float.class).serialize(Float.NaN));
        assertThat(BuiltInSerializers.forType(Double.class).serialize(otherDouble))
                .isEqualTo(BuiltInSerializers.forType(Double.class).serialize(Double.NaN));
        assertThatThrownBy(
                        () -> BuiltInSerializers.forType(Float.class).deserialize(new byte[] {0x7f, (byte) 0xc0, 0, 1}))
                .isInstanceOf(SerializationException.class);
        assertThatThrownBy(() -> BuiltInSerializers.forType(Double.class)
                        .deserialize(new byte[] {0x7f, (byte) 0xf8, 0, 0, 0, 0, 0, 1}))
                .isInstanceOf(SerializationException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "61ff",
                "c3",
                "c0af" /* overlong */,
                "e28200",
                "eda0bd" /* surrogate */,
                "f5808080",
                "efbfbdff"
            })
    void malformedUtf8IsRefused(String hex) {
        assertThatThrownBy(() -> BuiltInSerializers.forType(String.class)
                        .deserialize(HexFormat.of().parseHex(hex)))
                .isInstanceOf(SerializationException.class)
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "\ude00", "a\ude00\ud83d", "\ud83d\ude00\ud83d"})
    void unpairedSurrogateIsRefused(String value) {
        assertThatThrownBy(() -> BuiltInSerializers.forType(String.class).serialize(value))
                .isInstanceOf(SerializationException.class);
    }

    @Test
    void anyBytesAreTheirStringOrRefused() {
        Serializer<String> serializer = BuiltInSerializers.forType(String.class);
        Random random = new Random(11);
        int accepted = 0;

        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(6)];
            random.nextBytes(bytes);
            try {
                assertThat(serializer.serialize(serializer.deserialize(bytes))).isEqualTo(bytes);
                accepted++;
            } catch (SerializationException e) {
                assertThat(new String(bytes, StandardCharsets.UTF_8)).contains("\ufffd");
            }
        }
        assertThat(accepted).isBetween(1_000, 49_000);
    }

    @Test
    void arraysAreCopiedInAndOut() {
        Serializer<byte[]> serializer = BuiltInSerializers.forType(byte[].class);
        byte[] value = {1, 2, 3};

        byte[] bytes = serializer.serialize(value);
        value[0] = 9;
        byte[] read = serializer.deserialize(bytes);
        read[1] = 9;

        assertThat(bytes).containsExactly(1, 2, 3);
    }

    @Test
    void descriptionNamesTheType() {
        assertThat(Stream.of(String.class, byte[].class, Boolean.class, Long.class, UUID.class)
                        .map(type -> BuiltInSerializers.forType(type).description()))
                .isEqualTo(Arrays.asList(
                        List.of("built-in String"),
                        List.of("built-in byte[]"),
                        List.of("built-in Boolean"),
                        List.of("built-in Long"),
                        List.of("built-in UUID")));
    }

    @Test
    void otherTypesAreRefusedWithWhatToGiveInstead() {
        assertThatThrownBy(() -> BuiltInSerializers.forType(Samples.Line.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        Samples.Line.class.getName(),
                        "KryoSerializer.builder(Line.class)",
                        "io.kvgrid.spi.serialization.Serializer");
    }
}
