package io.kvgrid.spi.arbiter;

import io.kvgrid.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is primary and who is in sync. There is at most one configuration per cv for ever (P1). Immutable.
 *
 * @param lineageId the grid's history this configuration belongs to; made once (P9)
 * @param cv config version, from 1; grows by one with every change
 * @param epoch grows by one with every new primary, from 1
 * @param primary the node that orders writes; the primary is that node <i>in that run</i> ({@link #primaryBootId})
 * @param primaryBootId the primary's run
 * @param members the in-sync set S, ordered by node id; never empty
 * @param minInSync the smallest allowed size of S (P17)
 * @param minInSyncFixed whether it was set when the grid was created; otherwise it becomes 2 with the third member
 * @param featureLevel what every member can read (P44)
 * @param nonce who made this change: random for each proposal (P4)
 */
public record GridConfig(
        UUID lineageId,
        long cv,
        long epoch,
        NodeId primary,
        UUID primaryBootId,
        List<Member> members,
        int minInSync,
        boolean minInSyncFixed,
        int featureLevel,
        UUID nonce) {

    public GridConfig {
        members = members.stream().sorted(Comparator.comparing(Member::nodeId)).toList();
    }

    /** The member with that node id, if it is in S. */
    public Optional<Member> member(NodeId nodeId) {
        for (Member member : members) {
            if (member.nodeId().equals(nodeId)) {
                return Optional.of(member);
            }
        }
        return Optional.empty();
    }

    /** Whether {@code nodeId} is in S. */
    public boolean contains(NodeId nodeId) {
        return member(nodeId).isPresent();
    }

    /** Whether {@code nodeId} in its run {@code bootId} is the primary. */
    public boolean isPrimary(NodeId nodeId, UUID bootId) {
        return primary.equals(nodeId) && primaryBootId.equals(bootId);
    }

    /**
     * The first configuration of a new lineage: one member, its primary.
     *
     * @param minInSync from 1, for ever; 0 if it is not set: then it is 1, and 2 from the third member on (P17)
     */
    public static GridConfig first(UUID lineageId, Member primary, int minInSync, UUID nonce) {
        return first(lineageId, primary, 1, minInSync, nonce);
    }

    /**
     * The first configuration of a lineage that goes on with data of another one.
     *
     * @param epoch above that of every record in that data
     */
    public static GridConfig first(UUID lineageId, Member primary, long epoch, int minInSync, UUID nonce) {
        return new GridConfig(
                lineageId,
                1,
                epoch,
                primary.nodeId(),
                primary.bootId(),
                List.of(primary),
                minInSync == 0 ? 1 : minInSync,
                minInSync != 0,
                1,
                nonce);
    }

    /** This configuration with {@code member} added to S, or put in the place of the one with its node id. */
    public GridConfig with(Member member, UUID nonce) {
        List<Member> changed = new ArrayList<>(members);
        changed.removeIf(m -> m.nodeId().equals(member.nodeId()));
        changed.add(member);
        // P17: from three members on, two must hold every write, for ever after
        int min = changed.size() >= 3 && !minInSyncFixed ? Math.max(2, minInSync) : minInSync;
        return new GridConfig(
                lineageId, cv + 1, epoch, primary, primaryBootId, changed, min, minInSyncFixed, featureLevel, nonce);
    }

    /** This configuration without the member of that id. */
    public GridConfig without(NodeId nodeId, UUID nonce) {
        List<Member> changed = new ArrayList<>(members);
        changed.removeIf(m -> m.nodeId().equals(nodeId));
        return new GridConfig(
                lineageId,
                cv + 1,
                epoch,
                primary,
                primaryBootId,
                changed,
                minInSync,
                minInSyncFixed,
                featureLevel,
                nonce);
    }

    /**
     * This configuration once that node will not come back (P17): without it in S, and with minInSync 1 again if two nodes or
     * fewer are left and minInSync was not set.
     */
    public GridConfig retired(NodeId nodeId, UUID nonce) {
        GridConfig without = without(nodeId, nonce);
        int min = !minInSyncFixed && without.members.size() <= 2 ? 1 : minInSync;
        return new GridConfig(
                lineageId,
                cv + 1,
                epoch,
                primary,
                primaryBootId,
                without.members,
                min,
                minInSyncFixed,
                featureLevel,
                nonce);
    }

    /** This configuration once more, by which its primary learns that nobody else has taken its place (P4, P13). */
    public GridConfig reaffirmed(UUID nonce) {
        return new GridConfig(
                lineageId,
                cv + 1,
                epoch,
                primary,
                primaryBootId,
                members,
                minInSync,
                minInSyncFixed,
                featureLevel,
                nonce);
    }

    /** This configuration taken over by {@code member} in its present run: the next epoch, S unchanged otherwise. */
    public GridConfig takenOverBy(Member member, UUID nonce) {
        List<Member> changed = new ArrayList<>(members);
        changed.removeIf(m -> m.nodeId().equals(member.nodeId()));
        changed.add(member);
        return new GridConfig(
                lineageId,
                cv + 1,
                epoch + 1,
                member.nodeId(),
                member.bootId(),
                changed,
                minInSync,
                minInSyncFixed,
                featureLevel,
                nonce);
    }

    /**
     * Judges a change (P1, P2, P3, P9, P17). Every Arbiter calls this, so that all agree.
     *
     * @param current the present configuration; null before the first
     * @return why {@code next} may not replace it; empty if it may
     */
    public static Optional<String> transition(@Nullable GridConfig current, GridConfig next) {
        return Optional.ofNullable(refusal(current, next));
    }

    private static @Nullable String refusal(@Nullable GridConfig current, GridConfig next) {
        Optional<Member> primary = next.member(next.primary);
        if (primary.isEmpty() || !primary.get().bootId().equals(next.primaryBootId)) {
            return "the primary " + next.primary + " must be a member of S with its own boot id (P2)";
        }
        if (next.members.stream().map(Member::nodeId).distinct().count() != next.members.size()) {
            return "a node id stands twice in S (P7)";
        }
        if (next.minInSync < 1) {
            return "minInSync must be at least 1, is " + next.minInSync;
        }
        if (current == null && !next.minInSyncFixed && next.minInSync != 1) {
            return "minInSync begins at 1 unless it is set, not at " + next.minInSync + " (P17)";
        }
        if (current == null) {
            return next.cv == 1 && next.epoch >= 1 && next.members.size() == 1
                    ? null
                    : "the first configuration has cv 1, an epoch above 0 and one member (P9)";
        }
        if (next.cv != current.cv + 1) {
            return "cv is " + current.cv + ", the proposal's is " + next.cv + " (P1)";
        }
        if (!next.lineageId.equals(current.lineageId)) {
            return "another lineage (P9)";
        }
        boolean samePrimary = next.primary.equals(current.primary) && next.primaryBootId.equals(current.primaryBootId);
        boolean retires = !current.minInSyncFixed && samePrimary && next.minInSync == 1 && next.members.size() <= 2;
        int minInSync = retires ? 1 : current.minInSync;
        if (next.members.size() < minInSync && next.members.size() < current.members.size()) {
            return "S must keep " + minInSync + " members (P17)";
        }
        if (next.minInSyncFixed != current.minInSyncFixed) {
            return "whether minInSync is fixed was decided when the grid was created (P17)";
        }
        boolean becomesTwo = !current.minInSyncFixed && current.minInSync == 1 && next.members.size() >= 3;
        if (next.minInSync != (becomesTwo ? 2 : minInSync)) {
            return "minInSync changes from " + current.minInSync + " to " + next.minInSync + " with "
                    + next.members.size() + " members (P17)";
        }
        if (next.featureLevel < current.featureLevel) {
            return "the feature level never falls (P44)";
        }
        return samePrimary ? sameEpochRefusal(current, next) : takeOverRefusal(current, next);
    }

    private static @Nullable String sameEpochRefusal(GridConfig current, GridConfig next) {
        if (next.epoch != current.epoch) {
            return "the epoch changes only with the primary (P3)";
        }
        for (Member member : next.members) {
            Optional<Member> before = current.member(member.nodeId());
            if (before.isEmpty() || before.get().equals(member)) {
                continue;
            }
            if (member.nodeId().equals(next.primary)) {
                return "the primary's own entry changes only with the epoch (P3)";
            }
            if (member.storeId().equals(before.get().storeId()) && !before.get().isRenewedBy(member)) {
                return member.nodeId() + " has start count " + member.startCount() + ", not above the recorded "
                        + before.get().startCount() + ": its directory is a copy or was restored (P7)";
            }
        }
        return null;
    }

    private static @Nullable String takeOverRefusal(GridConfig current, GridConfig next) {
        if (next.epoch != current.epoch + 1) {
            return "a new primary's epoch is " + (current.epoch + 1) + ", not " + next.epoch + " (P3)";
        }
        for (Member member : next.members) {
            Optional<Member> before = current.member(member.nodeId());
            if (before.isEmpty()) {
                return "a take-over may only remove, and " + member.nodeId() + " is not in S (P3)";
            }
            boolean renewsItself =
                    member.nodeId().equals(next.primary) && before.get().isRenewedBy(member);
            if (!before.get().equals(member) && !renewsItself) {
                return member.nodeId() + " is not the member that S names: another store or an older start (P2, P7)";
            }
        }
        return null;
    }
}
