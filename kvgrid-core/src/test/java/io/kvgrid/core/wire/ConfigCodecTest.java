package io.kvgrid.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import io.kvgrid.spi.arbiter.GridConfig;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The configuration as it stands in files. */
class ConfigCodecTest {
    private static final Map<String, byte[]> FILE = GoldenFile.read("config-v1.txt");
    private static final byte[] GOLDEN = Objects.requireNonNull(FILE.get("config"));

    @Test
    void configurationIsWrittenAsItsGoldenBytes() {
        assertThat(GoldenFile.format("config", bytes(Samples.CONFIG))).isEqualTo(GoldenFile.format("config", GOLDEN));
    }

    @Test
    void goldenBytesAreReadAsTheConfiguration() throws MalformedMessageException {
        ByteBuffer golden = ByteBuffer.wrap(GOLDEN);

        assertThat(ConfigCodec.decode(golden)).isEqualTo(Samples.CONFIG);
        assertThat(golden.position()).isZero();
    }

    @Test
    void anotherVersionIsRefused() {
        byte[] other = GOLDEN.clone();
        other[0] = 2;

        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> ConfigCodec.decode(ByteBuffer.wrap(other)))
                .withMessage("malformed: version at byte 0: expected 1, found 2");
    }

    @Test
    void everyCutAndEveryByteMoreIsMalformed() {
        for (byte[] cut : Mutations.cuts(GOLDEN)) {
            if (tryDecode(cut)) {
                fail("taken for a configuration" + GoldenFile.format("bytes", cut));
            }
        }
        assertThat(tryDecode(Arrays.copyOf(GOLDEN, GOLDEN.length + 1))).isFalse();
    }

    @Test
    void everyFlippedByteIsMalformedOrMeansWhatItSays() {
        for (int i = 0; i < GOLDEN.length; i++) {
            Mutations.flips(GOLDEN, i).forEach(ConfigCodecTest::tryDecode);
        }
    }

    private static byte[] bytes(GridConfig config) {
        ByteBuffer written = ConfigCodec.encode(config);
        byte[] bytes = new byte[written.remaining()];
        written.get(bytes);
        return bytes;
    }

    private static boolean tryDecode(byte[] bytes) {
        GridConfig config;
        try {
            config = ConfigCodec.decode(ByteBuffer.wrap(bytes));
        } catch (MalformedMessageException e) {
            return false;
        }
        assertThat(bytes(config)).isEqualTo(bytes);
        return true;
    }
}
