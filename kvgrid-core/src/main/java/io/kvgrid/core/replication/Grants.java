package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.TreeMap;

/** The read leases that a primary has given out, and from when it may commit without those that hold them (P13). */
final class Grants {
    private final ReplicaContext context;
    /** When each node was last granted one, whichever run of it. */
    private final TreeMap<NodeId, Long> grantedNanos = new TreeMap<>();

    private long commitFromNanos;

    /** @param commitFromNanos from when the new primary may commit anything */
    Grants(ReplicaContext context, long commitFromNanos) {
        this.context = context;
        this.commitFromNanos = commitFromNanos;
    }

    void granted(NodeId to, long nowNanos) {
        grantedNanos.put(to, nowNanos);
    }

    /** It has said that it reads by its lease no more. */
    void returned(NodeId by) {
        grantedNanos.remove(by);
    }

    /** Whoever left S since {@code before} may still read what was committed until its lease ends. */
    void onConfig(GridConfig before, GridConfig config) {
        for (Member member : before.members()) {
            Long granted = grantedNanos.get(member.nodeId());
            if (granted != null && !config.members().contains(member)) {
                long ended = context.rules.commitWithout(granted, context.settings.promiseNanos());
                if (ended - commitFromNanos > 0) {
                    commitFromNanos = ended;
                }
            }
        }
    }

    /** Whether all leases of former members have surely ended. */
    boolean mayCommit() {
        return context.nowNanos - commitFromNanos >= 0;
    }
}
