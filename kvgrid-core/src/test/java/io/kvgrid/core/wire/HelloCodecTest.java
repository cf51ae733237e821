package io.kvgrid.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Hello;
import io.kvgrid.spi.transport.TransportListener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The one thing that is read from strangers (X3, X14). */
class HelloCodecTest {
    private static final Map<String, byte[]> FILE = GoldenFile.read("hello-v1.txt");
    private static final byte[] GOLDEN = Objects.requireNonNull(FILE.get("hello"));

    @Test
    void helloIsWrittenAsItsGoldenBytes() {
        byte[] written = bytes(Samples.hello());

        assertThat(GoldenFile.format("hello", written)).isEqualTo(GoldenFile.format("hello", GOLDEN));
    }

    @Test
    void goldenBytesAreReadAsTheHello() throws MalformedMessageException {
        assertThat(HelloCodec.decode(ByteBuffer.wrap(GOLDEN))).isEqualTo(Samples.hello());
    }

    @Test
    void confirmedReadsAreOneBitOfTheFlags() throws MalformedMessageException { // P29
        byte[] golden = Objects.requireNonNull(FILE.get("hello.confirmedReads"));
        Hello hello = Samples.hello(false);

        assertThat(GoldenFile.format("hello.confirmedReads", bytes(hello)))
                .isEqualTo(GoldenFile.format("hello.confirmedReads", golden));
        assertThat(HelloCodec.decode(ByteBuffer.wrap(golden))).isEqualTo(hello);
    }

    @Test
    void partsThatMayBeMissingMayBeMissing() throws MalformedMessageException {
        Hello hello = new Hello(
                "g",
                new NodeId("n"),
                Samples.BOOT_B,
                Samples.STORE_B,
                Optional.empty(),
                "",
                false,
                1,
                1,
                0,
                1,
                false,
                ByteBuffer.allocate(0));

        assertThat(HelloCodec.decode(HelloCodec.encode(hello))).isEqualTo(hello);
    }

    @Test
    void longestHelloIsShorterThanWhatAStrangerMaySend() throws MalformedMessageException {
        Hello longest = hello("g".repeat(64), "h".repeat(253) + ":65535", HelloCodec.MAX_SERIALIZERS_BYTES);

        byte[] written = bytes(longest);

        assertThat(written).hasSize(975).hasSizeLessThanOrEqualTo(TransportListener.MAX_HELLO_BYTES);
        assertThat(HelloCodec.decode(ByteBuffer.wrap(written))).isEqualTo(longest);
    }

    @Test
    void partsThatAreTooLongAreNotSent() {
        assertThatIllegalArgumentException().isThrownBy(() -> HelloCodec.encode(hello("g", "h:1", 513)));
        assertThatIllegalArgumentException().isThrownBy(() -> HelloCodec.encode(hello("g", "h".repeat(258) + ":1", 0)));
        assertThatIllegalArgumentException().isThrownBy(() -> HelloCodec.encode(hello("g".repeat(65), "h:1", 0)));
    }

    @Test
    void everyCutAndEveryByteMoreIsMalformed() {
        Mutations.cuts(GOLDEN).forEach(HelloCodecTest::assertMalformed);
        assertMalformed(Arrays.copyOf(GOLDEN, GOLDEN.length + 1));
    }

    @Test
    void everyFlippedByteIsMalformedOrMeansWhatItSays() {
        for (int i = 0; i < GOLDEN.length; i++) {
            Mutations.flips(GOLDEN, i).forEach(HelloCodecTest::tryDecode);
        }
    }

    @Test
    void randomDamageIsMalformedOrMeansWhatItSays() {
        long seed = 5;
        Random random = new Random(seed);
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = Mutations.damage(GOLDEN, random);
            try {
                tryDecode(bytes);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 47455420, magic",
        "4, 02010001, protocol version",
        "4, 01040001, flags",
        "4, 01010000, feature levels",
        "4, 01010003, feature levels",
        "10, ffffffff, minInSync",
        "14, ffffffff, lease",
        "70, 2d726465, grid",
        "79, ffff3132, address",
        "95, 02016469, length of serializers",
    })
    void whatIsWrongIsNamed(int offset, String hex, String field) {
        byte[] changed = Mutations.withInt(GOLDEN, offset, Integer.parseUnsignedInt(hex, 16));

        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> HelloCodec.decode(ByteBuffer.wrap(changed)))
                .satisfies(e -> assertThat(e.field()).isEqualTo(field));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
                "KVGH"
            })
    void strangersAreMalformed(String text) {
        assertMalformed(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Hello hello(String grid, String address, int serializersBytes) {
        return new Hello(
                grid,
                new NodeId("n".repeat(64)),
                Samples.BOOT_B,
                Samples.STORE_B,
                Optional.of(Samples.LINEAGE),
                address,
                true,
                65535,
                65535,
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                true,
                ByteBuffer.allocate(serializersBytes));
    }

    private static byte[] bytes(Hello hello) {
        ByteBuffer written = HelloCodec.encode(hello);
        byte[] bytes = new byte[written.remaining()];
        written.get(bytes);
        return bytes;
    }

    private static boolean tryDecode(byte[] bytes) {
        Hello hello;
        try {
            hello = HelloCodec.decode(ByteBuffer.wrap(bytes));
        } catch (MalformedMessageException e) {
            return false;
        }
        assertThat(bytes(hello)).isEqualTo(bytes);
        return true;
    }

    private static void assertMalformed(byte[] bytes) {
        if (tryDecode(bytes)) {
            fail("taken for a hello" + GoldenFile.format("bytes", bytes));
        }
    }
}
