package io.kvgrid.core.sim;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.spi.arbiter.GridConfig;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a node tells those who listen to its status: every change of its role and of the configuration, in order,
 * nothing after its end, and nothing that is not so.
 */
final class StatusEvents {
    private final NodeId node;
    private @Nullable ReplicaStatus last;
    private @Nullable GridConfig newest;

    StatusEvents(NodeId node) {
        this.node = node;
    }

    /** A listener was told {@code status}. */
    void onTold(ReplicaStatus status) {
        ReplicaStatus before = last;
        if (before != null) {
            check(
                    !hasEnded(before) || status.role() == before.role() || status.role() == Role.CLOSED,
                    "was told after its end",
                    status);
        }
        GridConfig config = status.config().orElse(null);
        GridConfig known = newest;
        if (config != null) {
            if (known != null && (config.cv() < known.cv() || config.epoch() < known.epoch())) {
                throw wrong("was told of an older configuration than " + known, status);
            }
            newest = config;
        }
        switch (status.role()) {
            case PRIMARY -> check(config != null && config.primary().equals(node), "leads nobody", status);
            case SECONDARY ->
                check(
                        config != null
                                && config.contains(node)
                                && !config.primary().equals(node),
                        "is in sync with nobody",
                        status);
            default -> {
                // any configuration will do
            }
        }
        if (before != null && isReadable(before) && isReadable(status) && status.commitLsn() < before.commitLsn()) {
            throw wrong("went back behind " + before.commitLsn(), status);
        }
        status.progress().ifPresent(progress -> checkProgress(status, progress));
        last = status;
    }

    /** Somebody is fetching or recovering data only as long as nobody may read it, and counts what it has. */
    private void checkProgress(ReplicaStatus status, GridView.Progress progress) {
        check(!isReadable(status), "has a role, and says that it is not ready", status);
        check(progress.records() >= 0 && progress.bytes() >= progress.records(), "counts wrong", status);
    }

    /** {@code status} can be asked for: whoever listens has been told of that role and configuration. */
    void onAsked(ReplicaStatus status) {
        ReplicaStatus told = last;
        boolean same = told == null
                ? status.role() == Role.JOINING && status.config().isEmpty()
                // a repaired node begins anew, and follows nobody for a moment
                : status.role() == told.role()
                        && (status.config().equals(told.config())
                                || (status.role() == Role.JOINING
                                        && status.config().isEmpty()));
        if (!same) {
            throw wrong("has told its listeners no more than " + told, status);
        }
    }

    private static boolean hasEnded(ReplicaStatus status) {
        return status.role() == Role.CLOSED || status.role() == Role.FAILED;
    }

    private static boolean isReadable(ReplicaStatus status) {
        return status.role() == Role.PRIMARY || status.role() == Role.SECONDARY;
    }

    private void check(boolean right, String what, ReplicaStatus status) {
        if (!right) {
            throw wrong(what, status);
        }
    }

    /** Words that cost more than the check are put together only where it has failed. */
    private InvariantViolation wrong(String what, ReplicaStatus status) {
        return new InvariantViolation("EventsInOrder", node + " " + what + ": " + status);
    }
}
