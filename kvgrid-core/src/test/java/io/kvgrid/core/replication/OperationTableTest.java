package io.kvgrid.core.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.OperationId;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

class OperationTableTest {
    private final OperationTable table = new OperationTable();
    private final Records records = Records.first();

    @Test
    void whatWasAppliedIsFoundFromTheFloorUp() {
        apply(1, 0);
        apply(2, 2);

        assertThat(find(1)).isEqualTo(OperationTable.TOO_OLD);
        assertThat(find(2)).isEqualTo(2);
        assertThat(find(3)).isEqualTo(OperationTable.NEW);
    }

    /** Two writes were judged together; the first one's record raises the floor past the second one. */
    @Test
    @Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD)
    void recordThatTheFloorHasPassedIsNotKept() {
        apply(10, 10);
        apply(5, 3);
        assertThat(find(5)).isEqualTo(OperationTable.TOO_OLD);

        for (int number = 11; number <= 10 + OperationTable.MAX_PER_CLIENT; number++) {
            apply(number, 10);
        }

        assertThat(find(10)).isEqualTo(OperationTable.TOO_OLD);
        assertThat(find(11)).isEqualTo(3);
        assertThat(find(10 + OperationTable.MAX_PER_CLIENT)).isEqualTo(2 + OperationTable.MAX_PER_CLIENT);
    }

    @Test
    void tableIsTheSameAfterEncodingAndReading() {
        apply(10, 10);
        apply(5, 3);
        apply(12, 10);
        ByteBuffer encoded = ByteBuffer.allocate(table.maxEncodedLength());
        table.encode(encoded);

        OperationTable read = new OperationTable();
        read.decode(encoded.flip());

        for (int number = 0; number < 14; number++) {
            OperationId id = new OperationId(Records.CLIENT, number);
            assertThat(read.find(id)).isEqualTo(table.find(id));
        }
        assertThat(read.find(new OperationId(new UUID(1, 2), 0))).isEqualTo(OperationTable.NEW);
    }

    private void apply(long number, long floor) {
        table.apply(records.put("k", number, floor));
    }

    private long find(long number) {
        return table.find(new OperationId(Records.CLIENT, number));
    }
}
