package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import java.util.TreeMap;

/**
 * For how long a member that was removed for its slow disk stays away (P40): each time twice as long as before, up to a
 * bound, and as at first again once it has been in S for long. So one bad disk costs the grid a few changes, not a storm.
 */
final class RejoinLimit {
    private record Absence(long untilNanos, long nanos) {}

    private final ReplicaContext context;
    private final TreeMap<NodeId, Absence> absences = new TreeMap<>();

    RejoinLimit(ReplicaContext context) {
        this.context = context;
    }

    /** {@code node} is being removed for its disk. */
    void removed(NodeId node) {
        Absence last = absences.get(node);
        long nanos = last == null || context.hasPassed(last.untilNanos, 4 * context.settings.maxAbsenceNanos())
                ? context.settings.firstAbsenceNanos()
                : Math.min(2 * last.nanos, context.settings.maxAbsenceNanos());
        absences.put(node, new Absence(context.nowNanos + nanos, nanos));
    }

    /** Whether {@code node} may be added. */
    boolean mayReturn(NodeId node) {
        Absence last = absences.get(node);
        return last == null || context.hasPassed(last.untilNanos, 0);
    }
}
