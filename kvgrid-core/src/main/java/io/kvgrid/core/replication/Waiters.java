package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.core.message.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Answers that may be given once an LSN is committed here: acknowledgements, and refusals that show what was read (P21). */
final class Waiters {
    /**
     * @param origin who asked; null for a client of this node
     */
    record Answer(@Nullable NodeId origin, OperationId operation, WriteResult result) {}

    private final TreeMap<Long, List<Answer>> byLsn = new TreeMap<>();

    void add(long lsn, Answer answer) {
        byLsn.computeIfAbsent(lsn, at -> new ArrayList<>(1)).add(answer);
    }

    /** Takes all that wait for {@code lsn} or less, in order. */
    List<Answer> take(long lsn) {
        List<Answer> taken = new ArrayList<>();
        while (!byLsn.isEmpty() && byLsn.firstKey() <= lsn) {
            Map.Entry<Long, List<Answer>> first = byLsn.pollFirstEntry();
            taken.addAll(first.getValue());
        }
        return taken;
    }

    /** Takes all. */
    List<Answer> takeAll() {
        return take(Long.MAX_VALUE);
    }
}
