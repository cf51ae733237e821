package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a node must not forget beside its log. Saved as a whole.
 *
 * @param gridName the grid the directory belongs to
 * @param nodeId the node it belongs to
 * @param storeId made with the directory; random (P7)
 * @param startCount how often the directory has been started (P7)
 * @param runs the boot ids of its newest starts, at most {@value #MAX_RUNS}; the last one is this start's
 * @param config the newest configuration this node has followed; it never follows an older one (P8, P24)
 * @param settled whether this node was alone in S by {@code config}, and the lease of everybody who was ever left out had
 *     ended: it may lead again without waiting (P13)
 */
public record ReplicaMeta(
        String gridName,
        NodeId nodeId,
        UUID storeId,
        long startCount,
        List<UUID> runs,
        Optional<GridConfig> config,
        boolean settled) {
    /** As many starts in a row may nobody hear of, and a restored directory is recognised still. */
    static final int MAX_RUNS = 256;

    /** A copy of the list is kept. */
    public ReplicaMeta {
        runs = List.copyOf(runs);
    }

    /** A store that has never been used. */
    public static ReplicaMeta fresh(String gridName, NodeId nodeId, UUID storeId, UUID bootId) {
        return new ReplicaMeta(gridName, nodeId, storeId, 1, List.of(bootId), Optional.empty(), false);
    }

    /** What the node is once its data is damaged: another store, which has made no promise (P7, P18). */
    public ReplicaMeta renewed(UUID newStoreId, UUID bootId, GridConfig newest) {
        return new ReplicaMeta(
                gridName, nodeId, newStoreId, startCount + 1, List.of(bootId), Optional.of(newest), false);
    }

    /** The same with a newer configuration. */
    public ReplicaMeta with(GridConfig newer) {
        return new ReplicaMeta(gridName, nodeId, storeId, startCount, runs, Optional.of(newer), false);
    }

    /** The same at its next start. */
    public ReplicaMeta startedAgain(UUID bootId) {
        List<UUID> all = new ArrayList<>(runs.subList(Math.max(0, runs.size() - MAX_RUNS + 1), runs.size()));
        all.add(bootId);
        return new ReplicaMeta(gridName, nodeId, storeId, startCount + 1, all, config, settled);
    }

    /** The same, now that all leases of nodes that were ever left out have ended. */
    ReplicaMeta asSettled() {
        return new ReplicaMeta(gridName, nodeId, storeId, startCount, runs, config, true);
    }

    /** Names this start. */
    public UUID bootId() {
        return runs.get(runs.size() - 1);
    }

    /**
     * Whether this directory cannot be the one that {@code recorded}, of the same store, was: it was started less often, or its
     * start of that number was another. Counting alone does not tell, since a directory that was restored may start again and
     * again before it meets anybody.
     */
    boolean isRestoredFromBefore(Member recorded) {
        long startsSince = startCount - recorded.startCount();
        return startsSince < 0
                || (startsSince < runs.size()
                        && !runs.get(runs.size() - 1 - (int) startsSince).equals(recorded.bootId()));
    }
}
