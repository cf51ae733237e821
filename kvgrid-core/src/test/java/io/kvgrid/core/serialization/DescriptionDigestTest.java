package io.kvgrid.core.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.spi.serialization.SerializationException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DescriptionDigestTest {
    private static final List<String> LINES = IntStream.range(100, 112)
            .mapToObj(id -> id + " com.acme.T\u00e4st" + id + " record:" + Integer.toHexString(id * 7919))
            .toList();

    @Test
    void layoutIsFixed() {
        ByteBuffer encoded = DescriptionDigest.of(List.of("built-in Long")).encode(1024);

        assertThat(HexFormat.of().formatHex(bytes(encoded)))
                .isEqualTo("01" + "0001" + "bf778c3fb29064d0f99c288b896bbba5" + "0001" + "1bfc13f3" + "0001" + "000d"
                        + "6275696c742d696e204c6f6e67");
    }

    @Test
    void comesBackWholeWhereItFits() {
        DescriptionDigest digest = DescriptionDigest.of(LINES);

        assertThat(DescriptionDigest.decode(digest.encode(1024))).isEqualTo(digest);
    }

    @Test
    void fitsIntoAnyBudgetAndStillMatches() {
        DescriptionDigest digest = DescriptionDigest.of(LINES);

        for (int budget = 23; budget < 800; budget++) {
            ByteBuffer encoded = digest.encode(budget);
            assertThat(encoded.remaining()).isLessThanOrEqualTo(budget);
            DescriptionDigest decoded = DescriptionDigest.decode(encoded);
            assertThat(decoded.matches(digest)).isTrue();
            assertThat(decoded.checksums()).isEqualTo(digest.checksums().subList(0, Math.min(12, (budget - 23) / 4)));
            assertThat(decoded.texts())
                    .isEqualTo(LINES.subList(0, decoded.texts().size()));
        }
        assertThatThrownBy(() -> digest.encode(22)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyChangeOfALineIsNoticed() {
        DescriptionDigest digest = DescriptionDigest.of(List.of("a", "bc"));

        for (List<String> other : List.of(
                List.of("a"), List.of("ab", "c"), List.of("bc", "a"), List.of("a", "bd"), List.of("a", "bc", ""))) {
            assertThat(digest.matches(DescriptionDigest.of(other)))
                    .as("%s", other)
                    .isFalse();
        }
    }

    @Test
    void cutBytesAreRefused() {
        byte[] bytes = bytes(DescriptionDigest.of(LINES).encode(500));

        for (int length = 0; length < bytes.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> DescriptionDigest.decode(cut)).isInstanceOf(SerializationException.class);
        }
        assertThatThrownBy(() -> DescriptionDigest.decode(ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 1))))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("left over");
    }

    @Test
    void anyBytesAreADigestOrRefused() {
        Random random = new Random(5);
        byte[] valid = bytes(DescriptionDigest.of(LINES).encode(500));
        int accepted = 0;

        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = valid.clone();
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                bytes[random.nextInt(random.nextBoolean() ? bytes.length : 24)] = (byte) random.nextInt();
            }
            try {
                DescriptionDigest decoded = DescriptionDigest.decode(ByteBuffer.wrap(bytes));
                assertThat(bytes(decoded.encode(bytes.length))).isEqualTo(bytes);
                assertThat(RegistrationDifference.describe("a", LINES, "b", decoded, 300))
                        .hasSizeLessThanOrEqualTo(300);
                accepted++;
            } catch (SerializationException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        assertThat(accepted).isBetween(1_000, 49_000);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
