package io.kvgrid.spi.persistence;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The small contract: a table of byte keys and byte values with one atomic, durable write. {@link EntryStoreAdapter}
 * makes a {@link Persistence} of it. All methods are called by one thread at a time and may block. Nothing here keeps a
 * second process away from the same table: the implementation has to, where its database does not.
 */
public interface EntryStore {
    /**
     * One row to set or to delete.
     */
    final class Change {
        private final byte[] key;
        private final byte @Nullable [] value;

        private Change(byte[] key, byte @Nullable [] value) {
            this.key = key;
            this.value = value;
        }

        /** Sets {@code key} to {@code value}, whether it was there or not. */
        public static Change put(byte[] key, byte[] value) {
            return new Change(key, value);
        }

        /** Deletes {@code key}; nothing happens if it is not there. */
        public static Change delete(byte[] key) {
            return new Change(key, null);
        }

        /** The row's key, at most 16 bytes longer than the longest key of the grid. Not copied. */
        public byte[] key() {
            return key;
        }

        /** The row's new value, or null to delete the row; of any length, some MiB where a grid has many clients. Not copied. */
        public byte @Nullable [] value() {
            return value;
        }
    }

    /**
     * Carries out all changes, in order, atomically: after a crash either all or none are there. Returns when they are durable.
     *
     * @throws PersistenceException retryable if the same batch may be written again; any other exception is fatal
     */
    void write(List<Change> batch) throws Exception;

    /**
     * Gives every row to {@code rows}, each once, in any order. The arrays are not used again by this store. What
     * {@code rows} throws ends the scan.
     */
    void scan(BiConsumer<byte[], byte[]> rows) throws Exception;

    /**
     * Called when nothing has been called for a while (by {@link EntryStoreAdapter} after the time that it was made
     * with), so that the store can keep a lease, or a connection, alive. A retryable failure is ignored; any other is
     * the end of the store.
     */
    default void idle() throws Exception {}

    /** Lets the table go; its rows stay. The last call. */
    void close() throws Exception;
}
