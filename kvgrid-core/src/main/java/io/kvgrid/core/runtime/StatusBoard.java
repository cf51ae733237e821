package io.kvgrid.core.runtime;

import io.kvgrid.GridView;
import io.kvgrid.Role;
import io.kvgrid.core.replication.ReplicaStatus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The member's newest status, for any thread; written by the loop. */
final class StatusBoard {
    private static final ReplicaStatus UNKNOWN = new ReplicaStatus(
            Role.JOINING, Optional.empty(), 0, 0, List.of(), Optional.empty(), GridView.StateDigest.EMPTY);

    private final List<Consumer<ReplicaStatus>> listeners = new CopyOnWriteArrayList<>();
    private volatile ReplicaStatus status = UNKNOWN;
    private volatile boolean readable;

    ReplicaStatus status() {
        return status;
    }

    /** Whether reads may see this node's copy: it has its role (P30, A5). */
    boolean isReadable() {
        return readable;
    }

    void addListener(Consumer<ReplicaStatus> listener) {
        listeners.add(listener);
    }

    /** Newer counters. */
    void refresh(ReplicaStatus newer) {
        status = newer;
    }

    /** Another role or configuration: the listeners are told. */
    void publish(ReplicaStatus newer) {
        status = newer;
        readable = newer.role() == Role.PRIMARY || newer.role() == Role.SECONDARY;
        listeners.forEach(listener -> listener.accept(newer));
    }

    /** The member has ended, and this is how. */
    void end(Role role) {
        ReplicaStatus last = status;
        publish(new ReplicaStatus(
                role, last.config(), last.lastLsn(), last.commitLsn(), List.of(), Optional.empty(), last.digest()));
    }
}
