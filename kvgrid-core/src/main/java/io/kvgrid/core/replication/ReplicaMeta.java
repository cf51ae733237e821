package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.Optional;
import java.util.UUID;

/**
 * What a node must not forget beside its log. Saved as a whole.
 *
 * @param gridName the grid the directory belongs to
 * @param nodeId the node it belongs to
 * @param storeId made with the directory; random (P7)
 * @param startCount how often the directory has been started (P7)
 * @param config the newest configuration this node has followed; it never follows an older one (P8, P24)
 * @param settled whether this node was alone in S by {@code config}, and the lease of everybody who was ever left out had
 *     ended: it may lead again without waiting (P13)
 */
public record ReplicaMeta(
        String gridName, NodeId nodeId, UUID storeId, long startCount, Optional<GridConfig> config, boolean settled) {

    /** A store that has never been used. */
    public static ReplicaMeta fresh(String gridName, NodeId nodeId, UUID storeId) {
        return new ReplicaMeta(gridName, nodeId, storeId, 1, Optional.empty(), false);
    }

    /** What the node is once its data is damaged: another store, which has made no promise (P7, P18). */
    public ReplicaMeta renewed(UUID newStoreId, GridConfig newest) {
        return new ReplicaMeta(gridName, nodeId, newStoreId, startCount + 1, Optional.of(newest), false);
    }

    /** The same with a newer configuration. */
    public ReplicaMeta with(GridConfig newer) {
        return new ReplicaMeta(gridName, nodeId, storeId, startCount, Optional.of(newer), false);
    }

    /** The same at its next start. */
    public ReplicaMeta startedAgain() {
        return new ReplicaMeta(gridName, nodeId, storeId, startCount + 1, config, settled);
    }

    /** The same, now that all leases of nodes that were ever left out have ended. */
    ReplicaMeta asSettled() {
        return new ReplicaMeta(gridName, nodeId, storeId, startCount, config, true);
    }
}
