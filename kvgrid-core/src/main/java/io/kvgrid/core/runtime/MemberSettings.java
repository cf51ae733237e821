package io.kvgrid.core.runtime;

import io.kvgrid.GridLimits;
import io.kvgrid.core.replication.ReplicaSettings;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a member was told.
 *
 * @param replica bounds and times of the protocol
 * @param limits of what clients may have under way
 * @param peers addresses to try first
 * @param serializers the descriptions of all its serializers, equal on all nodes
 * @param writeForwarding whether writes on a secondary go to the primary
 * @param hostsArbiter whether this node answers Arbiter calls
 */
public record MemberSettings(
        ReplicaSettings replica,
        GridLimits limits,
        List<InetSocketAddress> peers,
        List<String> serializers,
        boolean writeForwarding,
        boolean hostsArbiter) {}
