package io.kvgrid.arbiter.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConfigFormatTest {
    private static final GridConfig CONFIG = new GridConfig(
            new UUID(1, 2),
            7,
            3,
            new NodeId("a"),
            new UUID(3, 4),
            List.of(
                    new Member(new NodeId("a"), new UUID(5, 6), new UUID(3, 4), 9, "10.0.0.1:7400"),
                    new Member(new NodeId("b-2"), new UUID(7, 8), new UUID(9, 10), 1, "")),
            2,
            true,
            1,
            new UUID(11, 12));

    /** Golden bytes: what stands in a voter's log must be read for ever (S25). */
    private static final String CHANGE = "0101" + "0000000000000006" + "00000000000000010000000000000002"
            + "0000000000000007" + "0000000000000003" + "000161" + "00000000000000030000000000000004" + "00000002"
            + "01"
            + "00000001" + "000000000000000b000000000000000c" + "02" //
            + "000161" + "00000000000000050000000000000006" + "00000000000000030000000000000004" + "0000000000000009"
            + "000d31302e302e302e313a37343030" //
            + "0003622d32" + "00000000000000070000000000000008" + "0000000000000009000000000000000a"
            + "0000000000000001" + "0000";

    @Test
    void changeHasItsGoldenBytes() throws Exception {
        assertThat(HexFormat.of().formatHex(ConfigFormat.change(6, CONFIG).array()))
                .isEqualTo(CHANGE);
        assertThat(ConfigFormat.readCommand(ByteBuffer.wrap(HexFormat.of().parseHex(CHANGE))))
                .isEqualTo(new ConfigFormat.Command.Change(6, CONFIG));
    }

    @Test
    void everythingIsReadAsItWasWritten() throws Exception {
        assertThat(ConfigFormat.readCommand(ConfigFormat.read())).isEqualTo(new ConfigFormat.Command.Read());
        for (Optional<GridConfig> state : List.of(Optional.of(CONFIG), Optional.<GridConfig>empty())) {
            assertThat(ConfigFormat.readState(ConfigFormat.state(state))).isEqualTo(state);
            CasResult refused = new CasResult.Refused("not now", state);
            assertThat(ConfigFormat.readResult(ConfigFormat.result(refused))).isEqualTo(refused);
        }
        CasResult applied = new CasResult.Applied(CONFIG);
        assertThat(ConfigFormat.readResult(ConfigFormat.result(applied))).isEqualTo(applied);
    }

    /** X14: a value, or the one exception that says so. */
    @Test
    void everyCutAndEveryFlipIsAValueOrATypedError() {
        byte[] golden = HexFormat.of().parseHex(CHANGE);
        for (int length = 0; length < golden.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(golden, 0, length);
            assertThatThrownBy(() -> ConfigFormat.readCommand(cut))
                    .as("%s bytes", length)
                    .isInstanceOf(MalformedArbiterMessageException.class);
        }
        for (int bit = 0; bit < 8 * golden.length; bit++) {
            byte[] flipped = golden.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            readsOrRefuses(flipped);
        }
    }

    @Test
    void anyBytesAreAValueOrATypedError() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > 1) {
                bytes[0] = 1;
                bytes[1] = (byte) random.nextInt(2);
            }
            readsOrRefuses(bytes);
        }
    }

    @Test
    void whatFollowsTheEndIsRefused() {
        ByteBuffer longer = ByteBuffer.wrap(HexFormat.of().parseHex(CHANGE + "00"));

        assertThatThrownBy(() -> ConfigFormat.readCommand(longer)).isInstanceOf(MalformedArbiterMessageException.class);
    }

    private static void readsOrRefuses(byte[] bytes) {
        for (Decoder decoder :
                List.<Decoder>of(ConfigFormat::readCommand, ConfigFormat::readResult, ConfigFormat::readState)) {
            try {
                assertThat(decoder.decode(ByteBuffer.wrap(bytes))).isNotNull();
            } catch (MalformedArbiterMessageException e) {
                assertThat(e).hasMessageContaining("expected");
            }
        }
    }

    private interface Decoder {
        Object decode(ByteBuffer bytes) throws MalformedArbiterMessageException;
    }
}
