package io.kvgrid.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.kvgrid.spi.persistence.InvalidRecordException;
import io.kvgrid.spi.persistence.RecordFormat;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stands here because a test on the module path does not see the JVM's counters of allocated bytes. */
class RecordAllocationTest {
    private static final int KEY_LENGTH = 80;
    private static final int VALUE_LENGTH = 84;
    private static final int HEADER_CRC = 92;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** S4, X4: a length is compared with the bytes left before anything is allocated for it. */
    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE, RecordFormat.MAX_RECORD_BYTES - 200, 1 << 24, -1, Integer.MIN_VALUE})
    void claimedLengthAllocatesNothing(int claim) {
        for (int field : new int[] {KEY_LENGTH, VALUE_LENGTH}) {
            ByteBuffer forged = record();
            forged.putInt(field, claim);
            CRC32C crc = new CRC32C();
            crc.update(forged.slice(0, HEADER_CRC));
            forged.putInt(HEADER_CRC, (int) crc.getValue());

            assertThat(bytesAllocatedBy(() -> assertThatExceptionOfType(InvalidRecordException.class)
                            .isThrownBy(() -> RecordFormat.read(forged))))
                    .isLessThan(1 << 20);
        }
    }

    @Test
    void counterCounts() {
        assertThat(bytesAllocatedBy(() -> assertThat(new byte[1 << 20]).hasSize(1 << 20)))
                .isGreaterThan(1 << 20);
    }

    private long bytesAllocatedBy(Runnable action) {
        action.run(); // what is loaded and compiled at first does not count
        long before = threads.getCurrentThreadAllocatedBytes();
        action.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static ByteBuffer record() {
        ByteBuffer bytes = ByteBuffer.allocate(RecordFormat.HEADER_BYTES + 2);
        RecordFormat.body(RecordKind.PUT, 1, new byte[1], new byte[1])
                .seal(RecordId.NONE, 1, 0, 0)
                .writeTo(bytes);
        return bytes.flip();
    }
}
