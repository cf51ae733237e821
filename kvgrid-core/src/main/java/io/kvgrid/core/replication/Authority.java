package io.kvgrid.core.replication;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The primary's right to answer alone: lasts until {@code L(1 - rho)} after it sent the oldest of the newest beacons that
 * each node of the largest possible S has echoed (P13; leases by Gray and Cheriton, SOSP '89). Published as an immutable
 * tenure, replaced whenever it was interrupted.
 */
final class Authority {
    private final ReplicaContext context;
    private @Nullable Tenure tenure;
    /** When there was a tenure last; at first when this node became primary. */
    private long coveredNanos;

    Authority(ReplicaContext context) {
        this.context = context;
        coveredNanos = context.nowNanos;
    }

    /** Ends the present tenure: S, its largest possible extent, or the role changes. */
    void interrupt() {
        tenure = null;
    }

    /**
     * Starts, extends or ends the tenure.
     *
     * @param others what is known of each other node of the largest possible S; a null stands for one never heard of
     */
    void renew(Collection<@Nullable Progress> others) {
        if (others.isEmpty()) {
            if (tenure == null) {
                tenure = Tenure.alone();
            }
            coveredNanos = context.nowNanos;
            return;
        }
        boolean complete = true;
        long deadline = 0;
        boolean first = true;
        for (Progress progress : others) {
            if (progress == null || !progress.givesAuthority()) {
                complete = false;
                break;
            }
            long until = progress.authorityFromNanos() + context.settings.authorityNanos();
            if (first || until - deadline < 0) {
                deadline = until;
                first = false;
            }
        }
        Tenure present = tenure;
        if (present != null && !present.covers(context.nowNanos)) {
            present = null;
        }
        if (complete && deadline - context.nowNanos > 0) {
            if (present == null || !present.extend(context.nowNanos, deadline)) {
                present = Tenure.until(deadline);
            }
        }
        tenure = present;
        if (present != null) {
            coveredNanos = context.nowNanos;
        }
    }

    /** For how long there has been none. */
    long lapsedNanos() {
        return tenure == null ? context.nowNanos - coveredNanos : 0;
    }

    /** Whether this node may answer alone at this moment. */
    boolean covers(long nowNanos) {
        return tenure != null && tenure.covers(nowNanos);
    }

    @Nullable
    Tenure tenure() {
        return tenure;
    }
}
