package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.persistence.LogRange;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One transfer of the whole state to a joiner while writes go on (P33): a scan of the store, then all records that
 * became committed while it lasted, from memory or from disk, then the footer. At most {@link ReplicaSettings#snapshotWindow} messages are under
 * way; what is not acknowledged is kept and sent again.
 */
final class SnapshotSender {
    private final ReplicaContext context;
    private final NodeId to;
    private final long snapshotId;
    private final long scanStartLsn;
    private final Iterator<SnapshotEntry> scan;
    /** Sent and not acknowledged, in order. */
    private final ArrayDeque<Message> underWay = new ArrayDeque<>();

    private int nextNumber;
    private int acknowledged = -1;
    private long progressNanos;
    private long sentNanos;
    /** Read, but too large for the message before. */
    private @Nullable SnapshotEntry held;

    private boolean scanned;
    /** The records behind the scan's start. */
    private final LogCursor log;

    private Iterator<LogRecord> tail = List.<LogRecord>of().iterator();
    private @Nullable RecordId label;
    private ByteBuffer labelState = ByteBuffer.allocate(0);
    private boolean ended;

    SnapshotSender(ReplicaContext context, NodeId to) {
        this.context = context;
        this.to = to;
        snapshotId = context.newNonce().getMostSignificantBits();
        scanStartLsn = context.applied.lsn();
        log = new LogCursor(context, context.applied);
        scan = context.committed.scan();
        progressNanos = context.nowNanos;
        sentNanos = context.nowNanos;
    }

    long neededLsn() {
        return scanStartLsn; // and not the next one: the records behind it are found by what they follow
    }

    /** Whether what was committed since the scan began is no longer there. */
    boolean isLost() {
        return log.isLost();
    }

    void onLogRead(LogQuery.Read question, Optional<LogRange> range) {
        log.onRead(question, range);
    }

    boolean isLabel(RecordId id) {
        return ended && id.equals(label);
    }

    /** Whether nothing has been acknowledged for longer than a transfer on the way takes. */
    boolean isStuck() {
        return context.hasPassed(progressNanos, context.settings.leaseNanos());
    }

    void onAck(long id, int number) {
        if (id == snapshotId && number > acknowledged) {
            while (acknowledged < number && !underWay.isEmpty()) {
                underWay.removeFirst();
                acknowledged++;
            }
            progressNanos = context.nowNanos;
        }
    }

    void sendMore() {
        long quietSince = sentNanos - progressNanos > 0 ? sentNanos : progressNanos;
        if (!underWay.isEmpty() && context.hasPassed(quietSince, context.settings.leaseNanos() / 2)) {
            sentNanos = context.nowNanos;
            underWay.forEach(message -> context.send(to, message));
        }
        while (!ended && underWay.size() < context.settings.snapshotWindow()) {
            Message next = next();
            if (next == null) {
                break;
            }
            underWay.addLast(next);
            context.send(to, next);
        }
    }

    /** The next message; null if what it needs has to be read first. */
    private @Nullable Message next() {
        List<SnapshotEntry> entries = new ArrayList<>();
        int bytes = 0;
        for (SnapshotEntry entry = nextEntry(); entry != null; entry = nextEntry()) {
            bytes += entry.length();
            if (bytes > context.settings.maxBatchBytes() && !entries.isEmpty()) {
                held = entry;
                break;
            }
            entries.add(entry);
        }
        if (!entries.isEmpty()) {
            return new Message.SnapshotChunk(snapshotId, nextNumber++, entries);
        }
        if (label != null && log.last().lsn() < label.lsn()) {
            return null;
        }
        ended = true;
        RecordId id = label == null ? RecordId.NONE : label;
        return new Message.SnapshotEnd(snapshotId, nextNumber++, id, labelState);
    }

    private @Nullable SnapshotEntry nextEntry() {
        SnapshotEntry first = held;
        if (first != null) {
            held = null;
            return first;
        }
        if (!scanned) {
            if (scan.hasNext()) {
                return scan.next();
            }
            endScan();
        }
        while (readTail()) {
            LogRecord record = tail.next();
            if (record.kind() == RecordKind.PUT || record.kind() == RecordKind.REMOVE) {
                return SnapshotEntry.of(record);
            }
        }
        return null;
    }

    /** Whether there is a next record up to the label now. */
    private boolean readTail() {
        while (!tail.hasNext() && label != null) {
            List<LogRecord> more = log.next(label.lsn(), context.settings.maxBatchBytes());
            if (more.isEmpty()) {
                return false;
            }
            tail = context.rules.snapshotTail(more).iterator();
        }
        return tail.hasNext();
    }

    /** The scan saw every entry as it was at some moment between its start and now: the label is now. */
    private void endScan() {
        scanned = true;
        label = context.state.committed();
        labelState = context.state.encode();
    }
}
