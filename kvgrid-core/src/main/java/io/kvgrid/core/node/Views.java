package io.kvgrid.core.node;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.core.runtime.LocalMember;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Shows a member's status as the application sees it. */
final class Views {
    private Views() {}

    static GridView of(NodeId self, LocalMember member, ReplicaStatus status) {
        NavigableSet<NodeId> inSync = new TreeSet<>();
        status.config()
                .ifPresent(
                        config -> config.members().stream().map(Member::nodeId).forEach(inSync::add));
        return new GridView(
                self,
                status.role(),
                status.config().map(GridConfig::epoch).orElse(0L),
                status.config().map(GridConfig::primary),
                Collections.unmodifiableNavigableSet(inSync),
                status.commitLsn(),
                member.appliedLsn(),
                member.entries(),
                status.replicas(),
                status.progress(),
                member.recovery(),
                status.digest(),
                member.isLeased());
    }
}
