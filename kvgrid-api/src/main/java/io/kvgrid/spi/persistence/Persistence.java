package io.kvgrid.spi.persistence;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What one node keeps on disk: a log of records, the committed state that it leaves, and a little metadata.
 *
 * <p><b>Calls.</b> {@link #open} first, then {@link #recover}, both once; then the others; {@link #close} last. There
 * is a single caller at a time: the implementation needs no locks against it. A call never waits for I/O, but for
 * {@code open} and {@code close}. A stage may complete on any thread. Calls may be made before earlier stages have
 * completed; they take effect, and their stages complete, in call order across all methods but those of {@link LogReads}.
 *
 * <p><b>Failure.</b> A stage fails with {@link PersistenceException}. After a retryable failure the caller makes the
 * same calls again, with the same bytes, from the first one that failed. Until it has, every call fails retryably and
 * changes nothing, those queued behind the failed one among them. After any other failure but a refused argument the store
 * is dead and every later call fails the same way.
 *
 * <p><b>Damage.</b> A {@link CorruptLogException}, from {@code recover} or later, says that content is lost that was
 * durable. The store serves nothing of it any more, and keeps it for those who may want to look at it: {@code append} and
 * {@code truncateAfter} fail the same way, {@code committed} does nothing. If it can, the store still saves metadata, and
 * {@link #installSnapshot} gives it another node's state in the place of the lost one; from then on it is as good as new. Until
 * that is durable, every start finds the damage again. Calls that failed retryably before are made again all the same, and
 * get their answer. A store that cannot be given another state fails those calls too.
 *
 * <p><b>Bytes.</b> Buffers and lists are not changed by either side after the call; an implementation may keep them
 * until the stage completes. Records arrive sealed: their bytes are stored as they are.
 *
 * <p>For a table of keys and values implement the smaller {@link EntryStore} instead.
 */
public interface Persistence extends AutoCloseable {
    /**
     * Takes the store for this process and reads its metadata. Called on the thread that starts the node; may block.
     *
     * @return the metadata last saved; empty if the store has never been used
     * @throws StoreInUseException if another process or node has it
     * @throws CorruptLogException if the metadata is damaged
     * @throws PersistenceException if the store cannot be read
     */
    Optional<ByteBuffer> open();

    /**
     * Reads everything the store holds into {@code handler}. Whatever it gives is durable once the stage completes,
     * even if it was not before: a torn end has been cut, and what is left has been forced (S3, S7).
     *
     * @return completes with the report; fails with {@link CorruptLogException} if durable data is damaged
     */
    CompletionStage<RecoveryReport> recover(RecoveryHandler handler);

    /**
     * Appends records behind the last one.
     *
     * <p>The stage completes when all of them are durable: they and all before them survive loss of power. Records
     * that the log already holds with the same bytes are accepted again without effect, so that a call whose fate is
     * unknown can be repeated. Records said to be {@link #committed} are not appended again: the log need not hold them.
     *
     * @param records not empty; LSNs continue the log without a gap and chain to it
     * @return fails retryably or fatally; with {@link IllegalArgumentException} for a gap or a record that does not chain, which changes nothing
     */
    CompletionStage<Void> append(List<LogRecord> records);

    /**
     * Removes all records above {@code lsn}. When the stage completes they never come back (S9), and the next record
     * to append has LSN {@code lsn + 1}. Never called for a committed record.
     */
    CompletionStage<Void> truncateAfter(long lsn);

    /**
     * Says that all records up to {@code lsn} are committed. Need not become durable by itself; the more of it that
     * recovery can return the less it has to hold back. Fails silently: a failure shows at the next call with a stage.
     *
     * @param lsn never above the last appended record, never lower than before
     * @param state gives the grid's state beside its entries after {@code lsn}; may be asked only during this call
     */
    void committed(long lsn, Supplier<ByteBuffer> state);

    /** Replaces the metadata. When the stage completes it is durable; after a crash before that, it is the old or the new one. */
    CompletionStage<Void> saveMetadata(ByteBuffer metadata);

    /** Starts to receive another node's state beside the present one. One installation at a time. */
    SnapshotInstallation installSnapshot();

    /**
     * Asks to be told of damage that the store finds by itself, not while carrying out a call, whose stage would tell: one
     * that reads again, in the background, what it holds (S23). Called once, before {@link #recover}. Once the store has
     * told, it behaves as said of damage above, for the calls that are under way as well; it tells again only if it
     * has been given another state meanwhile. Unless overridden nothing happens: such a store finds damage when it is read.
     *
     * @param listener called on any thread; must not block
     */
    default void onDamage(Consumer<CorruptLogException> listener) {}

    /**
     * Reading of ranges of the log, for other nodes that catch up. Optional: without it, a node that needs more than is in
     * the primary's memory is sent the whole state. May be asked at any time; the answer is always the same.
     */
    default Optional<LogReads> logReads() {
        return Optional.empty();
    }

    /**
     * Finishes what was called, forces it, and lets the store go. May block. Idempotent. Later calls fail with an
     * {@link IllegalStateException}.
     */
    @Override
    void close();
}
