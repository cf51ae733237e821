package io.kvgrid.spi.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvgrid.OperationId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordFormatTest {
    private static final RecordId PREVIOUS = new RecordId(3, 0x1122334455667787L, 0xCAFEBABE);
    private static final UUID CLIENT = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    /** Made by a second implementation of the layout. Magic, version, kind | flags | epoch | lsn | predecessor | map | grid time | expiry | client | number | floor | lengths | CRCs | body. */
    private static String golden(RecordKind kind) {
        return switch (kind) {
            case PUT ->
                "6b560101 00000003 0000000000000004 1122334455667788 cafebabe 00000007 00000000000003e8 000000000000ee48 "
                        + "00112233445566778899aabbccddeeff 000000000000002a 0000000000000028 00000003 00000005 e8008944 a29406cd 6b657976616c7565";
            case REMOVE ->
                "6b560102 00000001 0000000000000003 1122334455667788 cafebabe ffffffff 00000000000003e9 0000000000000000 "
                        + "00112233445566778899aabbccddeeff 000000000000002b 000000000000002b 00000003 00000000 40a4756d 8cbb2f13 6b6579";
            case EPOCH_START ->
                "6b560103 00000000 0000000000000001 0000000000000001 00000000 00000000 0000000000000000 0000000000000000 "
                        + "00000000000000000000000000000000 0000000000000000 0000000000000000 00000000 00000000 00000000 c8105e01";
            case NO_OP ->
                "6b560104 00000000 0000000000000003 1122334455667788 cafebabe 00000000 7fffffffffffffff 0000000000000000 "
                        + "00000000000000000000000000000000 0000000000000000 0000000000000000 00000000 00000000 00000000 35587cc6";
        };
    }

    private static LogRecord record(RecordKind kind) {
        byte[] key = "key".getBytes(UTF_8);
        byte[] none = new byte[0];
        return switch (kind) {
            case PUT ->
                RecordFormat.body(kind, 7, key, "value".getBytes(UTF_8))
                        .operation(new OperationId(CLIENT, 42), 40)
                        .seal(PREVIOUS, 4, 1_000, 61_000);
            case REMOVE ->
                RecordFormat.body(kind, -1, key, none)
                        .operation(new OperationId(CLIENT, 43), 43)
                        .seal(PREVIOUS, 3, 1_001, 0);
            case EPOCH_START -> RecordFormat.body(kind, 0, none, none).seal(RecordId.NONE, 1, 0, 0);
            case NO_OP -> RecordFormat.body(kind, 0, none, none).seal(PREVIOUS, 3, Long.MAX_VALUE, 0);
        };
    }

    @ParameterizedTest
    @EnumSource
    void bytesAreThoseOfTheGoldenRecord(RecordKind kind) throws InvalidRecordException {
        byte[] golden = HexFormat.of().parseHex(golden(kind).replace(" ", ""));

        assertThat(bytes(record(kind)))
                .asHexString()
                .isEqualTo(HexFormat.of().withUpperCase().formatHex(golden));
        assertThat(RecordFormat.read(ByteBuffer.wrap(golden))).isEqualTo(record(kind));
    }

    @Test
    void fieldsAreReadBack() throws InvalidRecordException {
        LogRecord put = RecordFormat.read(ByteBuffer.wrap(bytes(record(RecordKind.PUT))));

        assertThat(put.kind()).isEqualTo(RecordKind.PUT);
        assertThat(put.epoch()).isEqualTo(4);
        assertThat(put.lsn()).isEqualTo(0x1122334455667788L);
        assertThat(put.previousChecksum()).isEqualTo(0xCAFEBABE);
        assertThat(put.mapId()).isEqualTo(7);
        assertThat(put.gridTimeMillis()).isEqualTo(1_000);
        assertThat(put.expiryMillis()).isEqualTo(61_000);
        assertThat(put.operation()).contains(new OperationId(CLIENT, 42));
        assertThat(put.clientFloor()).isEqualTo(40);
        assertThat(put.keyBytes()).isEqualTo("key".getBytes(UTF_8));
        assertThat(put.valueBytes()).isEqualTo("value".getBytes(UTF_8));
        assertThat(put.key()).isEqualTo(UTF_8.encode("key"));
        assertThat(put.value()).isEqualTo(UTF_8.encode("value"));
        assertThat(put.length()).isEqualTo(RecordFormat.HEADER_BYTES + 8);
        assertThat(put.id()).isEqualTo(new RecordId(4, 0x1122334455667788L, put.checksum()));
        assertThat(record(RecordKind.NO_OP).operation()).isEmpty();
    }

    @Test
    void positionMovesBehindTheRecord() throws InvalidRecordException {
        LogRecord put = record(RecordKind.PUT);
        LogRecord noOp = record(RecordKind.NO_OP);
        ByteBuffer bytes = ByteBuffer.allocate(5 + put.length() + noOp.length()).position(5);
        put.writeTo(bytes);
        noOp.writeTo(bytes);
        bytes.position(5);

        assertThat(RecordFormat.recordLength(bytes)).isEqualTo(put.length());
        assertThat(bytes.position()).isEqualTo(5);
        assertThat(RecordFormat.read(bytes)).isEqualTo(put);
        assertThat(RecordFormat.read(bytes)).isEqualTo(noOp);
        assertThat(bytes.hasRemaining()).isFalse();
    }

    /** X14: a record cut anywhere is refused, and nothing is taken from the buffer. */
    @ParameterizedTest
    @EnumSource
    void recordCutAnywhereIsRefused(RecordKind kind) {
        byte[] golden = bytes(record(kind));
        for (int length = 0; length < golden.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(golden, 0, length).slice();

            assertThatExceptionOfType(InvalidRecordException.class)
                    .as("cut to %s bytes", length)
                    .isThrownBy(() -> RecordFormat.read(cut));
            assertThat(cut.position()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void recordWithAnyBitFlippedIsRefused(RecordKind kind) {
        byte[] golden = bytes(record(kind));
        for (int bit = 0; bit < golden.length * 8; bit++) {
            byte[] damaged = golden.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));

            assertThatExceptionOfType(InvalidRecordException.class)
                    .as("bit %s of byte %s flipped", bit % 8, bit / 8)
                    .isThrownBy(() -> RecordFormat.read(ByteBuffer.wrap(damaged)));
        }
    }

    /** A damaged header whose checksum was made to fit: a typed error, or a record that reads back as it is. */
    @ParameterizedTest
    @EnumSource
    void headerForgedWithAFittingChecksumGivesARecordOrATypedError(RecordKind kind) {
        byte[] golden = bytes(record(kind));
        int refused = 0;
        for (int at = 0; at < RecordFormat.BODY_CRC; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] forged = golden.clone();
                forged[at] = (byte) value;
                reseal(forged);
                try {
                    assertThat(bytes(RecordFormat.read(ByteBuffer.wrap(forged))))
                            .isEqualTo(forged);
                } catch (InvalidRecordException e) {
                    assertThat(e).hasMessageContaining("at byte ").hasMessageContaining("expected ");
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(8 * 255); // magic, version, kind, flags, lengths at least
    }

    /** S5: the CRC32C of nothing is 0, and must not make a record of nothing. */
    @Test
    void zeroesAreNoRecord() {
        for (int length = 0; length < 300; length++) {
            ByteBuffer zeroes = ByteBuffer.allocate(length);
            assertThatExceptionOfType(InvalidRecordException.class).isThrownBy(() -> RecordFormat.read(zeroes));
        }
    }

    @Test
    void randomBytesAreNoRecord() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] garbage = new byte[random.nextInt(300)];
            random.nextBytes(garbage);
            if (garbage.length > 2 && random.nextBoolean()) {
                garbage[0] = 0x6B;
                garbage[1] = 0x56;
            }
            assertThatExceptionOfType(InvalidRecordException.class)
                    .isThrownBy(() -> RecordFormat.read(ByteBuffer.wrap(garbage)));
        }
    }

    @Test
    void longestRecordIsTakenAndALongerOneRefused() {
        byte[] key = new byte[8];
        byte[] value = new byte[RecordFormat.MAX_RECORD_BYTES - RecordFormat.HEADER_BYTES - key.length];

        assertThat(RecordFormat.body(RecordKind.PUT, 1, key, value).length()).isEqualTo(RecordFormat.MAX_RECORD_BYTES);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RecordFormat.body(RecordKind.PUT, 1, new byte[9], value))
                .withMessageContaining(Integer.toString(RecordFormat.MAX_RECORD_BYTES));
    }

    private static byte[] bytes(LogRecord record) {
        byte[] bytes = new byte[record.length()];
        record.bytes().get(bytes);
        return bytes;
    }

    /** Makes the header's checksum fit again. */
    private static void reseal(byte[] record) {
        CRC32C crc = new CRC32C();
        crc.update(Arrays.copyOf(record, RecordFormat.HEADER_CRC));
        ByteBuffer.wrap(record).putInt(RecordFormat.HEADER_CRC, (int) crc.getValue());
    }
}
