package io.kvgrid.core.store;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.RecordKind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Which keys have a write in the log that is not known to be committed (CRAQ, USENIX ATC '09). The loop marks a batch
 * before anything of it is sent or acknowledged (P25), and clears a mark only once what it names is committed and
 * applied (P27). Any thread asks, without a lock.
 */
public final class DirtyKeys {
    private static final class Mark {
        final StoreKey key;
        final long lsn;

        Mark(StoreKey key, long lsn) {
            this.key = key;
            this.lsn = lsn;
        }
    }

    private final GridStore store;
    private final ConcurrentMap<StoreKey, Mark> marks = new ConcurrentHashMap<>();
    // every uncommitted write in LSN order; the loop's
    private final Deque<Mark> uncommitted = new ArrayDeque<>();
    private volatile boolean any;

    public DirtyKeys(GridStore store) {
        this.store = store;
    }

    /** The highest LSN that is not known to be committed among the key's writes; 0 if there is none. Allocates nothing. */
    public long lsn(StoreKey key) {
        if (!any) {
            return 0;
        }
        Mark mark = marks.get(key);
        return mark == null ? 0 : mark.lsn;
    }

    /** Marks the keys of {@code records}, visibly to all readers when it returns (P25). In LSN order. */
    public void mark(List<LogRecord> records) {
        for (LogRecord record : records) {
            if (record.kind() == RecordKind.PUT || record.kind() == RecordKind.REMOVE) {
                Mark mark = new Mark(store.key(record), record.lsn());
                uncommitted.addLast(mark);
                marks.put(mark.key, mark);
            }
        }
        any = !uncommitted.isEmpty();
    }

    /** Clears each mark that names an LSN at or below {@code commitLsn}; called when those have been applied (P27). */
    public void clear(long commitLsn) {
        Mark first = uncommitted.peekFirst();
        while (first != null && first.lsn <= commitLsn) {
            uncommitted.removeFirst();
            marks.remove(first.key, first); // only if it is still the key's newest
            first = uncommitted.peekFirst();
        }
        any = first != null;
    }

    /** Drops what marks above {@code lsn} say; a key that an earlier uncommitted write marks too keeps that mark throughout. */
    public void truncateAfter(long lsn) {
        Deque<Mark> dropped = new ArrayDeque<>();
        while (!uncommitted.isEmpty() && uncommitted.getLast().lsn > lsn) {
            dropped.add(uncommitted.removeLast());
        }
        for (Mark remaining : uncommitted) { // in LSN order: the last one of a key wins
            marks.computeIfPresent(remaining.key, (key, mark) -> remaining);
        }
        for (Mark mark : dropped) {
            marks.remove(mark.key, mark);
        }
        any = !uncommitted.isEmpty();
    }
}
