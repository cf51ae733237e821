package io.kvgrid.core.replication;

import io.kvgrid.GridView;
import io.kvgrid.Role;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.List;
import java.util.Optional;

/**
 * A replica's state as its node shows it. Immutable.
 *
 * @param config the configuration it follows; empty before it knows one
 * @param replicas the other nodes, if it is primary
 * @param progress of a join
 * @param digest of the entries that reads see
 */
public record ReplicaStatus(
        Role role,
        Optional<GridConfig> config,
        long lastLsn,
        long commitLsn,
        List<GridView.Replica> replicas,
        Optional<GridView.Progress> progress,
        GridView.StateDigest digest) {

    /** The same with another progress. */
    public ReplicaStatus with(GridView.Progress newer) {
        return new ReplicaStatus(role, config, lastLsn, commitLsn, replicas, Optional.of(newer), digest);
    }
}
