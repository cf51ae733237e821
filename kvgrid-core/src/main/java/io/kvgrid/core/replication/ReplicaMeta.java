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
 */
public record ReplicaMeta(String gridName, NodeId nodeId, UUID storeId, long startCount, Optional<GridConfig> config) {

    /** What the node is once its data is damaged: another store, which has made no promise (P7, P18). */
    public ReplicaMeta renewed(UUID newStoreId, GridConfig newest) {
        return new ReplicaMeta(gridName, nodeId, newStoreId, startCount + 1, Optional.of(newest));
    }

    /** The same with a newer configuration. */
    public ReplicaMeta with(GridConfig newer) {
        return new ReplicaMeta(gridName, nodeId, storeId, startCount, Optional.of(newer));
    }
}
