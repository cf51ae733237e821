package io.kvgrid.core.replication;

import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Goes through this node's log from one place on: in memory as far as that reaches back, otherwise on disk, if the
 * persistence offers that. One read of the disk is under way at a time. Each record that it gives follows the one before
 * it, the first one the record that it was begun behind (P12).
 */
final class LogCursor {
    /** Of one read of the disk; several messages are made of it. */
    private static final int BATCHES_PER_READ = 4;

    private final ReplicaContext context;
    /** The last record given; the next one follows it. */
    private RecordId last;

    /** Read from disk and not given yet. */
    private List<LogRecord> read = List.of();

    private int taken;
    private LogQuery.@Nullable Read underWay;
    private boolean lost;
    private boolean pausing;
    private long pausedNanos;

    /** @param last the record to begin behind */
    LogCursor(ReplicaContext context, RecordId last) {
        this.context = context;
        this.last = last;
    }

    /** The record that the next one follows. */
    RecordId last() {
        return last;
    }

    /** Whether there is no way on: the next record is no longer there, or {@link #last} is none of this log. */
    boolean isLost() {
        return lost;
    }

    /**
     * The next records up to {@code lastLsn}: at least one, then as many as fit into {@code maxBytes}. None if there is none,
     * if it has to be read first, which this begins, or if this cursor is lost.
     */
    List<LogRecord> next(long lastLsn, int maxBytes) {
        if (lost || last.lsn() >= lastLsn) {
            return List.of();
        }
        List<LogRecord> batch;
        if (isInMemory(context, last)) {
            batch = context.state.window().batch(last.lsn() + 1, lastLsn, maxBytes);
            forgetRead(); // memory overtakes it, and may fall behind this cursor again
        } else {
            batch = take(lastLsn, maxBytes);
            if (batch.isEmpty()) {
                ask(maxBytes);
                return batch;
            }
        }
        last = batch.get(batch.size() - 1).id();
        return batch;
    }

    /** Whether all that comes behind {@code id} is in memory, and {@code id} itself known there, which an append names. */
    static boolean isInMemory(ReplicaContext context, RecordId id) {
        return id.equals(context.state.idOf(id.lsn())) && context.state.window().firstLsn() <= id.lsn() + 1;
    }

    private List<LogRecord> take(long lastLsn, int maxBytes) {
        List<LogRecord> batch = new ArrayList<>();
        long bytes = 0;
        while (taken < read.size() && read.get(taken).lsn() <= lastLsn) {
            LogRecord record = read.get(taken);
            bytes += record.length();
            if (bytes > maxBytes && !batch.isEmpty()) {
                break;
            }
            batch.add(record);
            taken++;
        }
        return batch;
    }

    private void forgetRead() {
        read = List.of();
        taken = 0;
        underWay = null;
    }

    private void ask(int maxBytes) {
        if (!context.readsLog) {
            lost = true;
        } else if (underWay == null && !(pausing && !context.hasPassed(pausedNanos, context.settings.retryNanos()))) {
            underWay = context.readLog(last.lsn() + 1, BATCHES_PER_READ * maxBytes);
        }
    }

    /**
     * The answer to a question, of this cursor or not.
     *
     * @param range what was found; empty if the read failed in a way that may pass
     */
    void onRead(LogQuery.Read question, Optional<LogRange> range) {
        if (!question.equals(underWay)) {
            return;
        }
        underWay = null;
        List<LogRecord> found = range.map(LogRange::records).orElse(List.of());
        boolean gone = range.isPresent() && range.get().firstLsn() > question.fromLsn();
        if (gone || (!found.isEmpty() && !found.get(0).follows(last))) {
            lost = true;
        } else if (found.isEmpty()) {
            pausing = true;
            pausedNanos = context.nowNanos;
        } else {
            pausing = false;
            read = found;
            taken = 0;
        }
    }
}
