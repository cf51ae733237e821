package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordId;
import io.kvgrid.spi.persistence.RecordKind;
import io.kvgrid.spi.persistence.SnapshotEntry;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transfer of the whole state to a joiner while writes go on (P33): a scan of the store, then all records that
 * became committed while it lasted, then the footer. At most {@link ReplicaSettings#snapshotWindow} messages are under
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
    private Iterator<LogRecord> tail = List.<LogRecord>of().iterator();
    private @Nullable RecordId label;
    private ByteBuffer labelState = ByteBuffer.allocate(0);
    private boolean ended;

    SnapshotSender(ReplicaContext context, NodeId to) {
        this.context = context;
        this.to = to;
        snapshotId = context.newNonce().getMostSignificantBits();
        scanStartLsn = context.appliedLsn;
        scan = context.committed.scan();
        progressNanos = context.nowNanos;
        sentNanos = context.nowNanos;
    }

    long neededLsn() {
        return scanStartLsn + 1;
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
            underWay.addLast(next);
            context.send(to, next);
        }
    }

    private Message next() {
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
        while (tail.hasNext()) {
            LogRecord record = tail.next();
            if (record.kind() == RecordKind.PUT || record.kind() == RecordKind.REMOVE) {
                return SnapshotEntry.of(record);
            }
        }
        return null;
    }

    /** The scan saw every entry as it was at some moment between its start and now: the label is now. */
    private void endScan() {
        scanned = true;
        label = context.state.committed();
        labelState = context.state.encode();
        List<LogRecord> records = new ArrayList<>();
        for (long lsn = scanStartLsn + 1; lsn <= context.state.commitLsn(); lsn++) {
            records.add(context.state.window().get(lsn));
        }
        tail = context.rules.snapshotTail(records).iterator();
    }
}
