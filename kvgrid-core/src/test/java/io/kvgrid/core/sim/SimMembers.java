package io.kvgrid.core.sim;

import io.kvgrid.GridLimits;
import io.kvgrid.NodeId;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.replication.ReplicaSettings;
import io.kvgrid.core.runtime.MemberParts;
import io.kvgrid.core.runtime.MemberRuntime;
import io.kvgrid.core.runtime.MemberSettings;
import io.kvgrid.core.runtime.StoreIdentity;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.transport.Transport;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Builds a real member over simulated parts, as a node does over real ones. */
final class SimMembers {
    static final String GRID = "simulated";
    private static final double CLOCK_ERROR = 0.01;
    private static final long STARTUP_GRACE_NANOS = 10_000_000_000L;
    private static final int MAX_IN_FLIGHT_OPERATIONS = 200;

    private SimMembers() {}

    /** Starts a run of the node with that id in {@code process}. */
    static MemberRuntime start(
            NodeId id,
            SimProcess process,
            SimSettings settings,
            List<NodeId> nodes,
            Persistence persistence,
            Transport transport,
            Arbiter arbiter,
            RandomGenerator random) {
        ReplicaMeta meta = StoreIdentity.atStart(
                persistence.open(),
                GRID,
                Optional.of(id),
                new UUID(random.nextLong(), random.nextLong()),
                () -> id,
                new UUID(random.nextLong(), random.nextLong()));
        MemberParts parts = new MemberParts(
                settings.parts().loop().apply(new SimLoop(process)),
                persistence,
                transport,
                task -> process.after(0, task),
                random,
                new KeyHash(random.nextLong(), random.nextLong()),
                settings.parts().rules());
        MemberSettings memberSettings = new MemberSettings(
                replicaSettings(settings, nodes.size() > 1),
                new GridLimits(1 << 10, 8 << 10, MAX_IN_FLIGHT_OPERATIONS, 1 << 20),
                nodes.stream().map(SimNetwork::address).toList(),
                List.of(),
                true,
                false);
        MemberRuntime member = new MemberRuntime(parts, memberSettings, meta);
        member.listen();
        member.start(arbiter);
        return member;
    }

    /** The default times; sizes so small that batches are cut, logs are trimmed and snapshots are needed. */
    private static ReplicaSettings replicaSettings(SimSettings settings, boolean hasPeers) {
        return new ReplicaSettings(
                settings.leaseNanos(),
                CLOCK_ERROR,
                STARTUP_GRACE_NANOS,
                settings.maxUncommittedBytes(),
                32 << 10,
                settings.maxBatchBytes(),
                settings.retainedBytes(),
                settings.maxUncommittedBytes() + 8 * settings.retainedBytes(),
                50,
                2,
                0,
                settings.leasedReads(),
                true,
                hasPeers ? 500_000_000L : 0,
                ReplicaSettings.NOT_FORCED);
    }
}
