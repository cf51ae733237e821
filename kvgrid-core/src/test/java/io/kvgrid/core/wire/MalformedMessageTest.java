package io.kvgrid.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * X14: whatever the bytes, a decoder gives a valid message or a {@link MalformedMessageException}. The frame's checksum is
 * not part of this layer, so damage may give another valid message; then that one must mean exactly the damaged bytes.
 */
class MalformedMessageTest {
    private static final Map<String, byte[]> GOLDEN = GoldenFile.read("messages-v1.txt");
    private static final int BODY = MessageCodec.HEADER_BYTES;

    private static final int RECORD_HEADER = 96;

    static Stream<String> names() {
        return GOLDEN.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyCutIsMalformed(String name) {
        for (byte[] cut : Mutations.cuts(golden(name))) {
            assertMalformed(cut);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void oneByteMoreIsMalformed(String name) {
        byte[] golden = golden(name);

        assertMalformed(Arrays.copyOf(golden, golden.length + 1));
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyFlippedByteIsMalformedOrMeansWhatItSays(String name) {
        byte[] golden = golden(name);
        for (int i = 0; i < golden.length; i++) {
            for (byte[] flipped : Mutations.flips(golden, i)) {
                tryDecode(flipped);
            }
        }
    }

    /** S22: the checksums of their first writer prove all of the records. */
    @Test
    void everyFlippedByteOfARecordIsMalformed() {
        byte[] golden = golden("Append");
        for (int i = BODY + AppendCodec.HEADER_BYTES; i < golden.length; i++) {
            for (byte[] flipped : Mutations.flips(golden, i)) {
                assertMalformed(flipped);
            }
        }
    }

    /** S22: a body's checksum proves key and value; its header has none before it has its place in the log. */
    @Test
    void everyFlippedByteOfAWritesKeyAndValueIsMalformed() {
        byte[] golden = golden("WriteRequest");
        for (int i = BODY + 25 + RECORD_HEADER; i < golden.length; i++) {
            for (byte[] flipped : Mutations.flips(golden, i)) {
                assertMalformed(flipped);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void everyFlippedByteOfVersionTypeAndFlagsIsMalformedOrAnotherMessage(int index) {
        for (byte[] flipped : Mutations.flips(golden("Heartbeat"), index)) {
            assertMalformed(flipped);
        }
    }

    /** X4: the field that declares a size is what is refused, before anyone allocates for it. */
    @ParameterizedTest
    @CsvSource({
        "Append, 28, number of records",
        "Reconcile, 20, number of epochs",
        "SnapshotChunk, 12, number of entries",
        "SnapshotChunk, 36, key",
        "SnapshotChunk, 40, value",
        "SnapshotEnd, 32, state",
        "WriteRequest, 105, body",
        "WriteRequest, 109, body",
        "Append, 112, record",
    })
    void declaredSizeIsCheckedAgainstTheBytesLeft(String name, int offset, String field) {
        byte[] golden = golden(name);
        for (int size :
                new int[] {Integer.MAX_VALUE, 0x7FFF_FFF0, 1 << 26, 100_000, golden.length, Integer.MIN_VALUE, -2}) {
            byte[] changed = Mutations.withInt(golden, BODY + offset, size);

            assertThatExceptionOfType(MalformedMessageException.class)
                    .isThrownBy(() -> MessageCodec.decode(ByteBuffer.wrap(changed)))
                    .satisfies(e -> assertThat(e.field()).isEqualTo(field));
        }
    }

    @Test
    void messageAboveTheLimitIsMalformedWhateverItHolds() {
        byte[] large = Arrays.copyOf(golden("SnapshotEnd"), MessageCodec.MAX_MESSAGE_BYTES + 1);

        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> MessageCodec.decode(ByteBuffer.wrap(large)))
                .satisfies(e -> assertThat(e.field()).isEqualTo("message"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
                "SSH-2.0-OpenSSH_9.6\r\n"
            })
    void otherProtocolsAreMalformed(String text) {
        assertMalformed(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void failureSaysFieldPositionExpectedAndFound() {
        byte[] unknownType = golden("Leave").clone();
        unknownType[1] = 99;

        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> MessageCodec.decode(ByteBuffer.wrap(unknownType)))
                .withMessage("malformed: type at byte 1: expected a known one, found 99")
                .satisfies(e -> {
                    assertThat(e.field()).isEqualTo("type");
                    assertThat(e.position()).isEqualTo(1);
                    assertThat(e.expected()).isEqualTo("a known one");
                    assertThat(e.found()).isEqualTo("99");
                });
    }

    /** A million damaged and made-up messages. The seed is in the failure's text. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomDamageIsMalformedOrMeansWhatItSays(long seed) {
        Random random = new Random(seed);
        List<byte[]> all = new ArrayList<>(GOLDEN.values());
        int valid = 0;
        for (int round = 0; round < 250_000; round++) {
            byte[] golden = all.get(random.nextInt(all.size()));
            byte[] bytes = random.nextBoolean() ? Mutations.damage(golden, random) : madeUp(golden, random);
            try {
                valid += tryDecode(bytes) ? 1 : 0;
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
        assertThat(valid)
                .as("the damage must not be so coarse that nothing gets through")
                .isGreaterThan(1000);
    }

    /** A valid header and a body of noise. */
    private static byte[] madeUp(byte[] golden, Random random) {
        byte[] body = new byte[random.nextInt(80)];
        random.nextBytes(body);
        byte[] bytes = Arrays.copyOf(golden, BODY + body.length);
        System.arraycopy(body, 0, bytes, BODY, body.length);
        return bytes;
    }

    private static byte[] golden(String name) {
        return Objects.requireNonNull(GOLDEN.get(name), name);
    }

    /** Whether {@code bytes} are a message. If so, that message is written as {@code bytes}; if not, the failure shows nothing of them. */
    private static boolean tryDecode(byte[] bytes) {
        Decoded decoded;
        try {
            decoded = MessageCodec.decode(ByteBuffer.wrap(bytes));
        } catch (MalformedMessageException e) {
            if (String.valueOf(e.getMessage()).contains(Samples.CANARY)) {
                fail("shows a key or a value (X11)", e);
            }
            return false;
        }
        byte[] again = Samples.join(MessageCodec.encode(decoded.envelope(), decoded.message()));
        if (!Arrays.equals(again, bytes)) {
            fail(GoldenFile.format("read", bytes) + GoldenFile.format("written again", again));
        }
        return true;
    }

    private static void assertMalformed(byte[] bytes) {
        if (tryDecode(bytes)) {
            fail("taken for a message" + GoldenFile.format("bytes", bytes));
        }
    }
}
