package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.OperationAck;
import io.kvgrid.core.message.MessageType;
import io.kvgrid.persistence.file.FilePersistence;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A secondary was away while the primary wrote far more than it keeps in memory (P34). */
class ReturnTest extends GridTest {
    private static final int ENTRIES = 150_000;
    /** With 200 bytes each more than the 16 MiB in memory, and less than there are entries. */
    private static final int MISSED = 120_000;

    private static final int OUTSTANDING = 1_000;
    private static final String VALUE = "v".repeat(100);
    /** What a record has beside key and value. */
    private static final int RECORD_HEADER = 96;

    private final CountingTransport network = new CountingTransport();

    @Test
    void itIsSentWhatItMissedAndNotTheWholeState() {
        GridNode<String, String> b = returnTo(FilePersistence.in(directory.resolve("a-files")));

        long missedBytes = MISSED * (RECORD_HEADER + 7L + VALUE.length());
        assertThat(network.received(MessageType.SNAPSHOT_CHUNK)).isZero();
        assertThat(network.received(MessageType.SNAPSHOT_END)).isZero();
        assertThat(network.received(MessageType.APPEND)).isBetween(missedBytes, missedBytes * 11 / 10);
        assertHoldsAll(b);
    }

    @Test
    void itIsSentTheWholeStateIfTheLogWasCompactedMeanwhile() {
        GridNode<String, String> b = returnTo(FilePersistence.builder(directory.resolve("a-files"))
                .segmentBytes(1 << 20)
                .keptForPeersBytes(0)
                .build());

        assertThat(network.received(MessageType.SNAPSHOT_CHUNK)).isGreaterThan(ENTRIES * (long) VALUE.length());
        assertThat(network.received(MessageType.SNAPSHOT_END)).isPositive();
        assertHoldsAll(b);
    }

    /** Returns b, which is in sync again. */
    private GridNode<String, String> returnTo(FilePersistence filesOfA) {
        GridNode<String, String> a = startReady(host("a").persistence(filesOfA));
        GridNode<String, String> before = startReady(member("b", a));
        awaitInSync(a, "a", "b");
        write(a, 0, ENTRIES, "old");
        before.close();
        awaitInSync(a, "a");
        write(a, 0, MISSED, "new");

        GridNode<String, String> again = startReady(member("b", a).transport(network));

        awaitInSync(a, "a", "b");
        return again;
    }

    private static void write(GridNode<String, String> node, int first, int end, String prefix) {
        List<CompletableFuture<OperationAck>> batch = new ArrayList<>();
        for (int i = first; i < end; i++) {
            batch.add(node.insert(key(i), prefix + VALUE, PATIENT));
            if (batch.size() == OUTSTANDING || i == end - 1) {
                batch.forEach(GridTest::join);
                batch.clear();
            }
        }
    }

    private static void assertHoldsAll(GridNode<String, String> node) {
        assertThat(node.view().entries()).isEqualTo(ENTRIES);
        for (int i = 0; i < ENTRIES; i++) {
            assertThat(node.peek(key(i))).as("value of %s", key(i)).isEqualTo((i < MISSED ? "new" : "old") + VALUE);
        }
    }

    private static String key(int number) {
        return "key" + (100_000 + number);
    }
}
