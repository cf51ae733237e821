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

    /** However many others write: a node goes on as another client after half of that time, and is never forgotten. */
    @Test
    void clientIsRememberedUntilItHasNotWrittenForLong() {
        for (int client = 0; client < 500; client++) {
            write(client, 1_000 + client);
        }
        assertThat(isRemembered(0)).isTrue();

        write(500, 1_000 + OperationTable.LONG_MILLIS + 9);

        for (int client = 0; client <= 500; client++) {
            assertThat(isRemembered(client)).as("client " + client).isEqualTo(client > 9);
        }
    }

    @Test
    void fewClientsAreRememberedForGood() {
        for (int client = 0; client < OperationTable.CLIENTS; client++) {
            write(client, client * 10L * OperationTable.LONG_MILLIS);
        }

        assertThat(isRemembered(0)).isTrue();
    }

    /** One client id for each request, as nobody should do it: none is forgotten for that, and none applied twice. */
    @Test
    void otherClientsAreRefusedWhereTooManyWriteUntilOneHasNotWrittenForLong() {
        for (int client = 0; client < OperationTable.MAX_CLIENTS; client++) {
            assertThat(isFullFor(client, 1_000 + client)).as("client " + client).isFalse();
            write(client, 1_000 + client);
        }

        assertThat(isFullFor(OperationTable.MAX_CLIENTS, 3_000)).isTrue();
        assertThat(isFullFor(7, 3_000)).as("one that is known").isFalse();
        assertThat(isRemembered(0)).isTrue();
        write(OperationTable.MAX_CLIENTS, 3_000); // was under way
        assertThat(isRemembered(0)).isTrue();
        assertThat(isFullFor(5_000, 1_000 + OperationTable.LONG_MILLIS)).isFalse();
        write(5_000, 1_000 + OperationTable.LONG_MILLIS);
        assertThat(isRemembered(0)).isFalse();
        assertThat(isRemembered(1)).isTrue();
    }

    @Test
    void whoHasNotWrittenForLongIsStillKnownAfterReading() {
        for (int client = 0; client < 100; client++) {
            write(client, 1_000 + client);
        }
        ByteBuffer encoded = ByteBuffer.allocate(table.maxEncodedLength());
        table.encode(encoded);
        table.decode(encoded.flip());

        write(100, 1_000 + OperationTable.LONG_MILLIS + 9);

        assertThat(isRemembered(9)).isFalse();
        assertThat(isRemembered(10)).isTrue();
    }

    private void write(int client, long gridTimeMillis) {
        table.apply(records.put(new OperationId(new UUID(3, client), 0), gridTimeMillis));
    }

    private boolean isFullFor(int client, long gridTimeMillis) {
        return table.isFullFor(new UUID(3, client), gridTimeMillis);
    }

    private boolean isRemembered(int client) {
        return table.find(new OperationId(new UUID(3, client), 0)) > 0;
    }

    private void apply(long number, long floor) {
        table.apply(records.put("k", number, floor));
    }

    private long find(long number) {
        return table.find(new OperationId(Records.CLIENT, number));
    }
}
