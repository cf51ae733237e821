package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * S as its primary sees it: who must hold a record before it commits, who may come in, and who has to go. Decides only;
 * {@link Primary} proposes what is decided here to the Arbiter.
 */
final class InSyncSet {
    private final ReplicaContext context;
    private final ConfigChanges changes;
    private final Peers peers;
    private final long inheritedLsn;
    private final boolean restarted;
    /** The runs that have taken leave. */
    private final Set<UUID> leaving = new HashSet<>();

    private final DiskSpeed speed;
    private final RejoinLimit rejoining;

    private final long startedNanos;

    /**
     * @param inheritedLsn the last record that was there when this node became primary (P35)
     * @param restarted whether no primary may have lived for long, so that nobody had a chance to follow one (A5)
     */
    InSyncSet(ReplicaContext context, ConfigChanges changes, Peers peers, long inheritedLsn, boolean restarted) {
        this.context = context;
        this.changes = changes;
        this.peers = peers;
        this.inheritedLsn = inheritedLsn;
        this.restarted = restarted;
        speed = new DiskSpeed(context, peers);
        rejoining = new RejoinLimit(context);
        startedNanos = context.nowNanos;
    }

    /** That run closes: it may be removed at once, and is not to be added again. */
    void leaves(UUID bootId) {
        leaving.add(bootId);
    }

    boolean isLeaving(Member member) {
        return leaving.contains(member.bootId());
    }

    /** Another configuration is followed: who is not connected any more and has been removed will not come back. */
    void onConfig() {
        Set<UUID> present = new HashSet<>(context.connected.values());
        context.requireConfig().members().forEach(member -> present.add(member.bootId()));
        leaving.retainAll(present);
    }

    /** The highest LSN that the whole largest possible S has on its disks (P11, P22). */
    long heldLsn() {
        List<Long> others = new ArrayList<>();
        for (Member member : mustHold()) {
            if (!isSelf(member)) {
                Progress known = peers.of(member);
                others.add(known == null ? 0L : known.flushedLsn());
            } else if (!member.bootId().equals(context.self.bootId())) {
                others.add(0L); // an earlier run of this node cannot acknowledge
            }
        }
        return context.rules.commitLsn(
                context.flushedLsn(), context.state.last().lsn(), context.rules.counted(others, peers.all()));
    }

    /** The other nodes of the largest possible S, whose echoes authority needs (P13); a null stands for one never heard of. */
    List<@Nullable Progress> others() {
        List<@Nullable Progress> others = new ArrayList<>();
        for (Member member : mustHold()) {
            if (!isSelf(member)) {
                others.add(peers.of(member));
            }
        }
        return others;
    }

    /** Whether nobody can be removed from S: it is as small as it may be (P17). */
    boolean isSmallest() {
        GridConfig config = context.requireConfig();
        return config.members().size() <= config.minInSync();
    }

    /** The newest beacon that all other nodes of the largest possible S have echoed. */
    long echoedBeacon() {
        long lowest = Long.MAX_VALUE;
        for (Progress other : others()) {
            lowest = Math.min(lowest, other == null || !other.hasEchoed() ? Long.MIN_VALUE : other.echoedNanos());
        }
        return lowest;
    }

    private Collection<Member> mustHold() {
        return context.rules.mustHold(context.requireConfig(), changes.proposed());
    }

    /** P17, P45: false if fewer than minInSync nodes answer, so that none of the silent ones can be removed. */
    boolean isWritable() {
        GridConfig config = context.requireConfig();
        int answering = 0;
        for (Member member : config.members()) {
            if (isSelf(member) || silentNanos(member) < context.settings.leaseNanos()) {
                answering++;
            }
        }
        return answering >= config.minInSync();
    }

    /** The configuration with that node added, once it holds what it must (P35); null until then. */
    @Nullable
    GridConfig addition(Progress candidate) {
        GridConfig config = context.requireConfig();
        Member member = candidate.member();
        if (changes.isBusy()
                || isLeaving(candidate.member())
                || !candidate.isReplicating()
                || candidate.latency().isSlow()
                || !rejoining.mayReturn(member.nodeId())
                || config.members().contains(member)) {
            return null;
        }
        boolean mayAdd = context.rules.mayAdd(
                candidate.flushedLsn(),
                context.state.commitLsn(),
                inheritedLsn,
                context.state.last().lsn(),
                context.settings.joinLagRecords());
        return mayAdd ? config.with(member, context.newNonce()) : null;
    }

    /** The configuration without a member that leaves, is silent, or has a bad disk (P40); null if there is none. */
    @Nullable
    GridConfig removal() {
        GridConfig config = context.requireConfig();
        if (changes.isBusy() || !context.rules.mayRemove(config.members().size(), config.minInSync())) {
            return null;
        }
        boolean grace = inStartupGrace();
        for (Member member : config.members()) {
            if (isSelf(member)) {
                continue;
            }
            Progress known = peers.of(member);
            boolean silent = silentNanos(member) >= context.settings.silenceNanos();
            boolean badDisk = known != null && speed.isBad(known);
            boolean givenUp = !grace && (silent || badDisk) && changes.hearsArbiter(config.cv()); // P41
            if (isLeaving(member) || givenUp) {
                if (badDisk) {
                    rejoining.removed(member.nodeId());
                }
                return config.without(member.nodeId(), context.newNonce());
            }
        }
        return null;
    }

    /** The configuration once {@code node} is known to be gone for good; null if it is not gone, or that would change nothing. */
    @Nullable
    GridConfig retirement(NodeId node) {
        GridConfig config = context.requireConfig();
        if (changes.isBusy() || context.isConnected(node) || node.equals(context.self.nodeId())) {
            return null;
        }
        GridConfig next = config.retired(node, context.newNonce());
        boolean same = next.members().equals(config.members()) && next.minInSync() == config.minInSync();
        return same || next.members().size() < next.minInSync() ? null : next;
    }

    /** The member of S that may take the role over at once: it has all there is, and was heard of last. Null if none. */
    @Nullable
    Progress successor() {
        Progress best = null;
        for (Member member : context.requireConfig().members()) {
            Progress known = isSelf(member) ? null : peers.of(member);
            if (known != null
                    && !isLeaving(member)
                    && known.isReplicating()
                    && known.flushedLsn() == context.state.last().lsn()
                    && context.isConnected(member.nodeId())
                    && known.silentNanos() < context.settings.silenceNanos()
                    && (best == null || known.silentNanos() < best.silentNanos())) {
                best = known;
            }
        }
        return best;
    }

    /** How fast the disks are, this node's included. */
    DiskSpeed speed() {
        return speed;
    }

    /**
     * The member of S that may take the role over from a node whose own disk stands still, or is far slower than the others
     * (P40): its own log has gone on meanwhile, so that nodes on one disk do not pass the role round. Null if none.
     */
    @Nullable
    Progress healthySuccessor() {
        Progress best = null;
        for (Member member : context.requireConfig().members()) {
            Progress known = isSelf(member) ? null : peers.of(member);
            if (known != null
                    && !isLeaving(member)
                    && known.isReplicating()
                    && known.flushedLsn() > context.flushedLsn()
                    && known.flushedAgoNanos() < 2 * context.settings.leaseNanos()
                    && context.isConnected(member.nodeId())
                    && known.silentNanos() < context.settings.silenceNanos()
                    && (best == null || known.flushedLsn() > best.flushedLsn())) {
                best = known;
            }
        }
        return best;
    }

    /** A5: after a restart of all nobody is removed for silence until all had time to come back. */
    private boolean inStartupGrace() {
        return restarted
                && !context.hasPassed(startedNanos, context.settings.startupGraceNanos())
                && context.requireConfig().members().stream().anyMatch(m -> !isSelf(m) && peers.of(m) == null);
    }

    /**
     * P41: whether this node had better say nothing. Who hears it, and is not heard by it, would wait for it for ever. Without
     * authority for two leases it is silent for three, so that one that is heard takes over, then tries again for two.
     */
    boolean isDeaf(long withoutAuthorityNanos) {
        long leases = withoutAuthorityNanos / context.settings.leaseNanos();
        return leases >= 2
                && (leases - 2) % 5 < 3
                && context.requireConfig().members().stream()
                        .anyMatch(member -> !isSelf(member)
                                && context.isConnected(member.nodeId())
                                && silentNanos(member) >= context.settings.leaseNanos());
    }

    private long silentNanos(Member member) {
        Progress known = peers.of(member);
        return known == null ? context.nowNanos - startedNanos : known.silentNanos();
    }

    private boolean isSelf(Member member) {
        return member.nodeId().equals(context.self.nodeId());
    }
}
