package io.kvgrid.spi.persistence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class LogRecordTest {
    private final LogRecord first = put("key", "value").seal(RecordId.NONE, 2, 10, 0);

    @Test
    void recordFollowsItsPredecessorOnly() {
        RecordId id = first.id();
        LogRecord second = put("k", "v").seal(id, 2, 11, 0);

        assertThat(first.follows(RecordId.NONE)).isTrue();
        assertThat(second.follows(id)).isTrue();
        assertThat(second.follows(RecordId.NONE)).as("a gap").isFalse();
        assertThat(first.follows(id)).as("an older LSN").isFalse();
        assertThat(second.follows(new RecordId(2, 1, id.checksum() + 1)))
                .as("another chain (P12)")
                .isFalse();
        assertThat(second.follows(new RecordId(3, 1, id.checksum())))
                .as("a lower epoch")
                .isFalse();
        assertThat(second.follows(new RecordId(1, 1, id.checksum())))
                .as("a higher epoch")
                .isTrue();
    }

    @Test
    void checksumTellsAllRecordsOfOnePlaceApart() {
        assertThat(put("key", "valuf").seal(RecordId.NONE, 2, 10, 0).id()).isNotEqualTo(first.id());
        assertThat(put("key", "value").seal(RecordId.NONE, 2, 11, 0).id()).isNotEqualTo(first.id());
        assertThat(put("keyv", "alue").seal(RecordId.NONE, 2, 10, 0).id()).isNotEqualTo(first.id());
        assertThat(put("key", "value").seal(RecordId.NONE, 2, 10, 0))
                .isEqualTo(first)
                .hasSameHashCodeAs(first);
    }

    @Test
    void viewsAreReadOnly() {
        for (ByteBuffer view : new ByteBuffer[] {first.bytes(), first.key(), first.value()}) {
            assertThatExceptionOfType(ReadOnlyBufferException.class).isThrownBy(() -> view.put(0, (byte) 1));
        }
        first.keyBytes()[0] = 'x';
        first.valueBytes()[0] = 'x';

        assertThat(first.key()).isEqualTo(UTF_8.encode("key"));
        assertThat(first.value()).isEqualTo(UTF_8.encode("value"));
    }

    @Test
    void textShowsNeitherKeyNorValue() { // X11
        assertThat(first.toString())
                .startsWith("PUT 2:1#")
                .doesNotContain("key")
                .doesNotContain("value");
        assertThat(SnapshotEntry.of(first).toString()).doesNotContain("key").doesNotContain("value");
    }

    @Test
    void sealedBodyIsUsedUp() {
        RecordBody body = put("key", "value");
        RecordBody copy = body.copy();
        body.seal(RecordId.NONE, 1, 0, 0);

        assertThatIllegalStateException().isThrownBy(() -> body.seal(RecordId.NONE, 1, 0, 0));
        assertThatIllegalStateException().isThrownBy(body::key);
        assertThat(copy.seal(RecordId.NONE, 2, 10, 0)).isEqualTo(first);
    }

    @Test
    void entryIsWhatARecordLeaves() {
        LogRecord put = put("key", "value").seal(first.id(), 2, 11, 99);
        LogRecord remove = RecordFormat.body(RecordKind.REMOVE, 3, "key".getBytes(UTF_8), new byte[0])
                .seal(first.id(), 2, 11, 0);
        LogRecord noOp =
                RecordFormat.body(RecordKind.NO_OP, 0, new byte[0], new byte[0]).seal(first.id(), 2, 11, 0);

        assertThat(SnapshotEntry.of(put))
                .isEqualTo(new SnapshotEntry(3, UTF_8.encode("key"), UTF_8.encode("value"), 2, 99));
        assertThat(SnapshotEntry.of(remove)).isEqualTo(new SnapshotEntry(3, UTF_8.encode("key"), null, 2, 0));
        assertThat(SnapshotEntry.of(put).length()).isEqualTo(SnapshotEntry.OVERHEAD_BYTES + 8);
        assertThat(SnapshotEntry.of(remove).length()).isEqualTo(SnapshotEntry.OVERHEAD_BYTES + 3);
        assertThatIllegalArgumentException().isThrownBy(() -> SnapshotEntry.of(noOp));
    }

    @Test
    void recordIdIsNeverNegative() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RecordId(-1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new RecordId(0, -1, 0));
        assertThat(new RecordId(4, 5, 0xAB)).hasToString("4:5#ab");
    }

    private static RecordBody put(String key, String value) {
        return RecordFormat.body(RecordKind.PUT, 3, key.getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
