package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;

/**
 * Receives what a store holds, in this order: at most one {@link #base}, the base's entries in any order, then the
 * records behind the base in LSN order without a gap, with {@link #committed} at any place among the records. Called by
 * one thread, before the stage that {@link Persistence#recover} returned completes. A handler may throw
 * {@link PersistenceException}; recovery then ends with it.
 */
public interface RecoveryHandler {
    /**
     * Says about how many entries and records there will be, for a display of progress; comes first, or never.
     *
     * @param count a guess: there may be more or fewer
     */
    default void expect(long count) {}

    /**
     * The state that the following entries make up. All of it is committed.
     *
     * @param id the last record whose effect the entries contain
     * @param state the grid's state beside its entries, as given to {@link Persistence#committed} or
     *     {@link SnapshotInstallation#commit}; opaque
     */
    void base(RecordId id, ByteBuffer state);

    /** One entry of the base, never a removal, each key once. */
    void entry(SnapshotEntry entry);

    /** The next record. The first one follows the base's id, or {@link RecordId#NONE} without a base. */
    void record(LogRecord record);

    /**
     * All records up to {@code lsn} are known to be committed. Grows from call to call; may lag behind what was ever
     * said to {@link Persistence#committed}, and may be ahead of the records given so far.
     */
    void committed(long lsn);
}
