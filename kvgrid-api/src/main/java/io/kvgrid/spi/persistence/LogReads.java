package io.kvgrid.spi.persistence;

import java.util.concurrent.CompletionStage;

/**
 * Reads parts of the log back, so that a node that was away briefly is sent only what it missed, and not the whole state.
 * What {@link Persistence#logReads} offers.
 *
 * <p>Only records can be read that are durable and that were said to be {@link Persistence#committed}. No truncation ever
 * removes one of those, so what was read stays true, whatever is called meanwhile.
 *
 * <p>Both methods are called by the single caller of the {@link Persistence}, after {@link Persistence#recover} has
 * completed, and never wait for I/O. Reads are carried out beside all other calls, in no order with them, and hold none
 * of them up for long; several may be under way.
 */
public interface LogReads {
    /**
     * Reads records from {@code fromLsn} on: the next ones of the log without a gap, verified as in a recovery, checksums
     * and chain. At least one if there is any that can be read; then not more than fit into {@code maxBytes} with it, and
     * fewer if that is simpler. None is not a failure: {@link LogRange} says whether it is too early or too late.
     *
     * @param fromLsn positive
     * @param maxBytes positive
     * @return completes on any thread. Fails like every other call: retryably, which says nothing of other calls and asks
     *     for no repetition; or fatally, then the store is dead, for example with {@link CorruptLogException} when records
     *     are damaged that the store still needs
     */
    CompletionStage<LogRange> read(long fromLsn, int maxBytes);

    /**
     * Asks that records from {@code lsn} on be kept, whatever has become of them in the committed state, until another
     * call says otherwise (P34). {@code Long.MAX_VALUE} asks for none, as before the first call. Only a wish: what is
     * gone does not come back, and an implementation has a cap, above which it drops what it has to; a later
     * {@link #read} says so.
     */
    void keepFrom(long lsn);
}
