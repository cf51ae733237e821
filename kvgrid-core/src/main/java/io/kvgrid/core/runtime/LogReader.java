package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.LogQuery;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogReads;
import io.kvgrid.spi.persistence.PersistenceException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the log on disk read for other nodes, and tells the replica what was found. Used by the loop only. */
final class LogReader {
    private static final Logger log = LoggerFactory.getLogger(LogReader.class);

    private final Loop loop;
    private final Optional<LogReads> reads;
    private final Consumer<Input> replica;
    private final Consumer<Throwable> onFatal;
    private boolean ended;

    /**
     * @param reads empty if the persistence does not offer it; then nothing is asked
     * @param onFatal called with what makes the persistence unusable
     */
    LogReader(Loop loop, Optional<LogReads> reads, Consumer<Input> replica, Consumer<Throwable> onFatal) {
        this.loop = loop;
        this.reads = reads;
        this.replica = replica;
        this.onFatal = onFatal;
    }

    /** After a {@link LogQuery.Read}, {@link Input.LogRead} follows. */
    void execute(LogQuery query) {
        LogReads offered = reads.orElseThrow(() -> new IllegalStateException("nothing reads the log: " + query));
        if (query instanceof LogQuery.Read read) {
            offered.read(read.fromLsn(), read.maxBytes())
                    .whenComplete((range, failure) -> loop.execute(() -> answer(read, range, failure)));
        } else if (query instanceof LogQuery.Keep keep) {
            offered.keepFrom(keep.fromLsn());
        }
    }

    /** Nobody is told of what is still under way. */
    void end() {
        ended = true;
    }

    private void answer(LogQuery.Read question, @Nullable LogRange range, @Nullable Throwable failure) {
        if (ended) {
            return;
        }
        Throwable cause = failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
        if (cause == null) {
            replica.accept(new Input.LogRead(question, Optional.ofNullable(range)));
        } else if (cause instanceof PersistenceException e && e.isRetryable()) {
            log.warn("the log could not be read for another node; it is tried again", e);
            replica.accept(new Input.LogRead(question, Optional.empty()));
        } else {
            onFatal.accept(cause);
        }
    }
}
