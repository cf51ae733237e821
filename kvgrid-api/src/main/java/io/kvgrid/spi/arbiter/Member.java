package io.kvgrid.spi.arbiter;

import io.kvgrid.NodeId;
import java.util.UUID;

/**
 * One node of the in-sync set, as the configuration names it (P7).
 *
 * @param nodeId who it is
 * @param storeId which data directory it holds; random, made with the directory
 * @param bootId which run of the process; random
 * @param startCount how often that directory has been started; grows with each bootId
 * @param address where it listens, {@code host:port}; empty if it does not
 */
public record Member(NodeId nodeId, UUID storeId, UUID bootId, long startCount, String address) {
    /** Whether {@code other} is a later run of the same store. */
    public boolean isRenewedBy(Member other) {
        return nodeId.equals(other.nodeId) && storeId.equals(other.storeId) && other.startCount > startCount;
    }
}
