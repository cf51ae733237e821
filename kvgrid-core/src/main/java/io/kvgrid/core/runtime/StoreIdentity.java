package io.kvgrid.core.runtime;

import io.kvgrid.NodeId;
import io.kvgrid.WrongGridException;
import io.kvgrid.core.replication.ReplicaMeta;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** Whose data an opened store holds, counted for this start (P7). */
public final class StoreIdentity {
    private StoreIdentity() {}

    /**
     * What this start is: the saved identity with the next start count, or a new one. It is not durable yet; {@link
     * MemberRuntime} saves it before anyone hears of it.
     *
     * @param saved what {@link io.kvgrid.spi.persistence.Persistence#open} gave
     * @param wantedNode the node id that the application set; the recorded or a new one if empty
     * @param newStoreId a random id for a store that was never used
     * @param newNodeId a random node id
     * @param bootId names this start; random
     * @throws WrongGridException if the store belongs to another grid or node
     * @throws io.kvgrid.spi.persistence.CorruptLogException if what was saved cannot be read
     */
    public static ReplicaMeta atStart(
            Optional<ByteBuffer> saved,
            String gridName,
            Optional<NodeId> wantedNode,
            UUID newStoreId,
            Supplier<NodeId> newNodeId,
            UUID bootId) {
        if (saved.isEmpty()) {
            NodeId node = wantedNode.orElseGet(newNodeId);
            return ReplicaMeta.fresh(gridName, node, newStoreId, bootId);
        }
        ReplicaMeta meta = MetaCodec.decode(saved.get());
        if (!meta.gridName().equals(gridName)) {
            throw new WrongGridException(
                    "the data directory belongs to grid '" + meta.gridName() + "', and this node was told to join '"
                            + gridName + "': choose another directory",
                    null);
        }
        if (wantedNode.isPresent() && !wantedNode.get().equals(meta.nodeId())) {
            throw new WrongGridException(
                    "the data directory belongs to node '" + meta.nodeId() + "', and this node is '" + wantedNode.get()
                            + "': choose another directory",
                    null);
        }
        return meta.startedAgain(bootId);
    }
}
