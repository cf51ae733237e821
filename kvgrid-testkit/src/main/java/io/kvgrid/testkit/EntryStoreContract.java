package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.persistence.EntryStore;
import io.kvgrid.spi.persistence.EntryStore.Change;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that an {@link EntryStore} keeps what it is given. Run {@link PersistenceContract} over an
 * {@link io.kvgrid.spi.persistence.EntryStoreAdapter} around the same store too: this suite only says more plainly what
 * is wrong with a table. The tests cannot be overridden.
 */
public abstract class EntryStoreContract {
    private final List<EntryStore> opened = new ArrayList<>();

    /**
     * This test's store. In each test the first call finds it empty; later ones come after the store before has been
     * closed, and find what it left.
     */
    protected abstract EntryStore store() throws Exception;

    @AfterEach
    final void closeLast() throws Exception {
        if (!opened.isEmpty()) {
            opened.get(opened.size() - 1).close();
        }
    }

    @Test
    final void emptyStoreHasNoRows() throws Exception {
        assertThat(rows(open())).isEmpty();
    }

    @Test
    final void rowsSurviveClose() throws Exception {
        EntryStore store = open();
        store.write(List.of(Change.put(bytes(1), bytes(10)), Change.put(bytes(2), bytes(20))));

        store = reopen(store);

        assertThat(rows(store)).isEqualTo(Map.of(key(1), key(10), key(2), key(20)));
        store.write(List.of(Change.delete(bytes(1)), Change.put(bytes(2), bytes(21))));
        assertThat(rows(reopen(store))).isEqualTo(Map.of(key(2), key(21)));
    }

    @Test
    final void changesOfABatchAreCarriedOutInOrder() throws Exception {
        EntryStore store = open();

        store.write(List.of(
                Change.put(bytes(1), bytes(10)),
                Change.delete(bytes(1)),
                Change.put(bytes(2), bytes(20)),
                Change.put(bytes(2), bytes(21)),
                Change.delete(bytes(3)),
                Change.put(bytes(3), bytes(30))));

        assertThat(rows(store)).isEqualTo(Map.of(key(2), key(21), key(3), key(30)));
    }

    @Test
    final void deletingWhatIsNotThereIsNothing() throws Exception {
        EntryStore store = open();

        store.write(List.of(Change.delete(bytes(1))));

        assertThat(rows(store)).isEmpty();
    }

    /** Keys are bytes, not text: no sign, no collation, no zero that ends them. */
    @Test
    final void keysThatDifferInOneByteAreDifferent() throws Exception {
        EntryStore store = open();
        Map<ByteBuffer, ByteBuffer> expected = new HashMap<>();
        List<Change> batch = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            for (byte[] key : List.of(new byte[] {4, (byte) b}, new byte[] {(byte) b}, new byte[] {(byte) b, 0})) {
                batch.add(Change.put(key, new byte[] {(byte) b}));
                expected.put(ByteBuffer.wrap(key), ByteBuffer.wrap(new byte[] {(byte) b}));
            }
        }

        store.write(batch);

        assertThat(rows(reopen(store))).isEqualTo(expected);
    }

    @Test
    final void valuesOfAllSizesComeBack() throws Exception {
        EntryStore store = open();
        Random random = new Random(1);
        Map<ByteBuffer, ByteBuffer> expected = new HashMap<>();
        for (int size : new int[] {0, 1, 255, 256, 257, 65_535, 65_536, 1 << 20, 3 << 20}) {
            byte[] value = new byte[size];
            random.nextBytes(value);
            byte[] key = ByteBuffer.allocate(32 << 10).putInt(0, size).array();
            store.write(List.of(Change.put(key, value)));
            expected.put(ByteBuffer.wrap(key), ByteBuffer.wrap(value));
        }

        assertThat(rows(reopen(store))).isEqualTo(expected);
    }

    @Test
    final void largeBatchesAreOneBatch() throws Exception {
        EntryStore store = open();
        List<Change> puts = new ArrayList<>();
        List<Change> deletes = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            byte[] key = ByteBuffer.allocate(4).putInt(i).array();
            puts.add(Change.put(key, key));
            if (i % 2 == 0) {
                deletes.add(Change.delete(key));
            }
        }
        store.write(puts);
        store.write(deletes);

        assertThat(rows(reopen(store))).hasSize(5_000);
    }

    @Test
    final void receiverThatThrowsEndsTheScan() throws Exception {
        EntryStore store = open();
        store.write(List.of(Change.put(bytes(1), bytes(10)), Change.put(bytes(2), bytes(20))));
        int[] calls = new int[1];

        try {
            store.scan((key, value) -> {
                calls[0]++;
                throw new IllegalStateException("enough");
            });
        } catch (Exception expected) {
            assertThat(expected).hasStackTraceContaining("enough");
        }

        assertThat(calls[0]).isEqualTo(1);
        assertThat(rows(store)).hasSize(2);
    }

    private EntryStore open() throws Exception {
        EntryStore store = store();
        opened.add(store);
        return store;
    }

    private EntryStore reopen(EntryStore store) throws Exception {
        store.close();
        return open();
    }

    private static Map<ByteBuffer, ByteBuffer> rows(EntryStore store) throws Exception {
        Map<ByteBuffer, ByteBuffer> rows = new HashMap<>();
        store.scan((key, value) -> assertThat(rows.put(ByteBuffer.wrap(key), ByteBuffer.wrap(value)))
                .as("each row comes once")
                .isNull());
        return rows;
    }

    private static byte[] bytes(int b) {
        return new byte[] {(byte) b};
    }

    private static ByteBuffer key(int b) {
        return ByteBuffer.wrap(bytes(b));
    }
}
