package io.kvgrid.core.replication;

import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
    private final boolean tookOver;
    private final long startedNanos;

    /**
     * @param inheritedLsn the last record that was there when this node became primary (P35)
     * @param tookOver whether there was a primary before
     */
    InSyncSet(ReplicaContext context, ConfigChanges changes, Peers peers, long inheritedLsn, boolean tookOver) {
        this.context = context;
        this.changes = changes;
        this.peers = peers;
        this.inheritedLsn = inheritedLsn;
        this.tookOver = tookOver;
        startedNanos = context.nowNanos;
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
                context.flushedLsn(), context.state.last().lsn(), others);
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

    private Set<Member> mustHold() {
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
                || candidate.isLeaving()
                || !candidate.isReplicating()
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

    /** The configuration without a member that leaves, is silent, or whose disk stands still; null if there is none. */
    @Nullable
    GridConfig removal() {
        GridConfig config = context.requireConfig();
        if (changes.isBusy() || config.members().size() <= config.minInSync()) { // P17
            return null;
        }
        boolean grace = inStartupGrace();
        for (Member member : config.members()) {
            if (isSelf(member)) {
                continue;
            }
            Progress known = peers.of(member);
            boolean leaving = known != null && known.isLeaving();
            boolean silent = silentNanos(member) >= context.settings.silenceNanos();
            boolean stalled = known != null && known.stalledNanos() >= context.settings.stallNanos();
            if (leaving || (!grace && (silent || stalled))) {
                return config.without(member.nodeId(), context.newNonce());
            }
        }
        return null;
    }

    /** A5: after a restart of all nobody is removed for silence until all had time to come back. */
    private boolean inStartupGrace() {
        return tookOver
                && !context.hasPassed(startedNanos, context.settings.startupGraceNanos())
                && context.requireConfig().members().stream().anyMatch(m -> !isSelf(m) && peers.of(m) == null);
    }

    private long silentNanos(Member member) {
        Progress known = peers.of(member);
        return known == null ? context.nowNanos - startedNanos : known.silentNanos();
    }

    private boolean isSelf(Member member) {
        return member.nodeId().equals(context.self.nodeId());
    }
}
