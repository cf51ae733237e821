package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * P11, P13, P35: whoever is in S by the Arbiter's word has everything on disk that anybody takes for committed. Asked
 * after each event; looks at a disk again only when it, what is committed, or S is another than the last time.
 */
final class HeldByAll {
    /** What a disk was at some time: it is another store once it was wiped or damaged (P7). */
    private record Place(SimDisk disk, int generation) {
        DiskContent content() {
            return disk.durable(generation);
        }
    }

    /** One member of S, and what its disk was when it was last found to hold everything. */
    private static final class Holder {
        final Member member;
        SimDisk disk;
        long lsn;

        @Nullable
        DiskContent content;

        long changes;

        Holder(Member member, SimDisk disk) {
            this.member = member;
            this.disk = disk;
        }

        @SuppressWarnings("ReferenceEquality") // a disk that was wiped or damaged is another object
        boolean isAsBefore(long committedLsn) {
            DiskContent now = disk.durable();
            return committedLsn == lsn && now == content && now.changes() == changes;
        }

        void holds(long committedLsn) {
            lsn = committedLsn;
            content = disk.durable();
            changes = content.changes();
        }
    }

    private final CommittedLog log;
    private final Collection<SimNode> nodes;
    /** Where a store id was said to be. */
    private final Map<UUID, Set<Place>> places = new HashMap<>();

    /** The disk that was last said to be that store. */
    private final Map<UUID, SimDisk> diskOf = new HashMap<>();

    /** The store that was last said to be on that disk. */
    private final Map<SimDisk, UUID> present = new HashMap<>();

    private Holder[] holders = {};

    HeldByAll(CommittedLog log, Collection<SimNode> nodes) {
        this.log = log;
        this.nodes = nodes;
    }

    /** The Arbiter has set {@code config}. */
    void onConfig(GridConfig config) {
        holders = config.members().stream()
                .map(member -> new Holder(member, diskOf(member)))
                .toArray(Holder[]::new);
    }

    /** {@code node} says that its disk, as it is now, is that store. */
    void onStore(SimNode node, UUID storeId) {
        SimDisk disk = node.disk();
        places.computeIfAbsent(storeId, store -> new HashSet<>()).add(new Place(disk, disk.generation()));
        diskOf.put(storeId, disk);
        present.put(disk, storeId);
        for (Holder holder : holders) {
            holder.disk = diskOf(holder.member);
            holder.content = null;
        }
    }

    /** Where that member's data is: on its node's disk, unless another process with its name has said so (P7). */
    private SimDisk diskOf(Member member) {
        SimDisk said = diskOf.get(member.storeId());
        return said != null
                ? said
                : nodes.stream() // it has not met anybody yet
                        .filter(node -> node.id().equals(member.nodeId())
                                && node.disk().storeId().equals(Optional.of(member.storeId())))
                        .findFirst()
                        .orElseGet(() -> node(member.nodeId()))
                        .disk();
    }

    private SimNode node(NodeId id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }

    /** Throws if a member of S lacks anything that is committed. */
    void check() {
        long lsn = log.lastLsn();
        for (Holder holder : holders) {
            if (!holder.isAsBefore(lsn)) {
                check(holder.member, holder.disk, lsn);
                holder.holds(lsn);
            }
        }
    }

    private void check(Member member, SimDisk disk, long lsn) {
        if (lsn == 0) {
            return;
        }
        RecordId committed = log.idOf(lsn);
        // what the disk has lost it had, and what was damaged or restored may have been refilled: it is that store
        // still
        boolean holds = member.storeId().equals(present.get(disk)) && holds(disk.durable(), committed);
        if (holds) { // refilled after a damage that nobody was told of by a hello
            places.computeIfAbsent(member.storeId(), store -> new HashSet<>()).add(new Place(disk, disk.generation()));
        }
        for (Place place : places.getOrDefault(member.storeId(), Set.of(new Place(disk, 0)))) {
            holds |= holds(place.content(), committed);
        }
        if (!holds) {
            throw new InvariantViolation(
                    "AcknowledgedWritesSurvive",
                    committed + " is committed, and the disk of " + member.nodeId() + ", a member of S, ends with "
                            + disk.durable().last());
        }
    }

    private static boolean holds(DiskContent content, RecordId committed) {
        return content.base().lsn() > committed.lsn()
                || content.id(committed.lsn()).equals(Optional.of(committed));
    }
}
