package io.kvgrid.spi.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kvgrid.OperationId;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A record's body on its way to the primary. */
class RecordBodyTest {
    private static final OperationId OPERATION = new OperationId(new UUID(1, 2), 17);

    private static RecordBody body() {
        return RecordFormat.body(RecordKind.PUT, 9, new byte[] {1, 2, 3}, new byte[] {4, 5});
    }

    @Test
    void operationIsWhatItWasToldLast() {
        RecordBody body = body();

        assertThat(body.operation()).isEmpty();
        assertThat(body.clientFloor()).isZero();

        body.operation(new OperationId(new UUID(3, 4), 16), 11).operation(OPERATION, 12);

        assertThat(body.operation()).contains(OPERATION);
        assertThat(body.clientFloor()).isEqualTo(12);
    }

    @Test
    void whatIsReadBecomesTheSameRecord() throws InvalidRecordException {
        RecordBody sent = body().operation(OPERATION, 12);
        RecordBody read = RecordFormat.readBody(sent.bytes());

        assertThat(read.operation()).contains(OPERATION);
        assertThat(read.clientFloor()).isEqualTo(12);
        assertThat(read.seal(RecordId.NONE, 1, 1000, 2000)).isEqualTo(sent.seal(RecordId.NONE, 1, 1000, 2000));
    }

    @ParameterizedTest
    @CsvSource({
        "4, 80000001, flags",
        "4, 3, flags",
        "64, ffffffff, operation",
        "72, 80000000, operation",
        "8, 1, place in the log",
        "92, 1, place in the log",
        "88, 0, body checksum",
        "96, 0, body checksum",
        "80, 4, length",
        "84, 7fffffff, value length",
        "80, 80000000, key length",
    })
    void bodyThatWouldBecomeAnInvalidRecordIsRefused(int offset, String hex, String field) {
        ByteBuffer bytes = ByteBuffer.allocate(body().length());
        bytes.put(body().operation(OPERATION, 12).bytes()).flip();
        bytes.putInt(offset, Integer.parseUnsignedInt(hex, 16));

        assertThatExceptionOfType(InvalidRecordException.class)
                .isThrownBy(() -> RecordFormat.readBody(bytes))
                .withMessageContaining(field + " at byte ");
    }

    /** Whatever single byte is changed: it is refused, or becomes a record that the log can read. */
    @Test
    void everyBodyThatIsReadBecomesAReadableRecord() throws InvalidRecordException {
        ByteBuffer bytes = ByteBuffer.allocate(body().length());
        bytes.put(body().operation(OPERATION, 12).bytes()).flip();
        int read = 0;
        for (int i = 0; i < bytes.capacity(); i++) {
            for (int value = 0; value < 256; value++) {
                byte before = bytes.get(i);
                bytes.put(i, (byte) value);
                Optional<RecordBody> body = tryRead(bytes.duplicate());
                if (body.isPresent()) {
                    read++;
                    LogRecord record = body.get().seal(RecordId.NONE, 1, 1000, 0);
                    assertThat(RecordFormat.read(record.bytes())).isEqualTo(record);
                }
                bytes.put(i, before);
            }
        }
        assertThat(read).isGreaterThan(256);
    }

    private static Optional<RecordBody> tryRead(ByteBuffer bytes) {
        try {
            return Optional.of(RecordFormat.readBody(bytes));
        } catch (InvalidRecordException e) {
            return Optional.empty();
        }
    }
}
