package io.kvgrid.core.message;

import io.kvgrid.NodeId;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * What a node says of itself when a connection opens, before any {@link Message}; from it the peer judges whether the two
 * belong together. Immutable; the buffer is not to be changed.
 *
 * @param grid the grid's name
 * @param node who it is
 * @param bootId its run
 * @param storeId its data directory
 * @param lineageId the grid's history that it holds; empty if it holds none (P9)
 * @param address where it listens, {@code host:port}; empty if it does not
 * @param hostsArbiter whether Arbiter calls may be sent to it
 * @param minFeatureLevel the lowest feature level that it can read, from 1 (P44)
 * @param maxFeatureLevel the highest
 * @param minInSync its setting; 0 if unset (P17)
 * @param leaseMillis its setting, above 0: nodes with different leases would wait too short for each other (P13)
 * @param leasedReads its setting: whether reads are answered by leases; otherwise each is confirmed (P29)
 * @param serializers digest of its serializers' registrations, opaque here
 */
public record Hello(
        String grid,
        NodeId node,
        UUID bootId,
        UUID storeId,
        Optional<UUID> lineageId,
        String address,
        boolean hostsArbiter,
        int minFeatureLevel,
        int maxFeatureLevel,
        int minInSync,
        long leaseMillis,
        boolean leasedReads,
        ByteBuffer serializers) {}
