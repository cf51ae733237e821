package io.kvgrid.testkit;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rules of configurations once more (P1, P2, P3, P7, P9, P17, P44), written as what must hold instead of what is refused. */
final class ConfigModel {
    private ConfigModel() {}

    static boolean allows(@Nullable GridConfig current, GridConfig next) {
        return wellFormed(next) && (current == null ? begins(next) : continues(current, next));
    }

    private static boolean wellFormed(GridConfig config) {
        List<NodeId> ids = config.members().stream().map(Member::nodeId).toList();
        return ids.stream().distinct().count() == ids.size()
                && config.members().stream().anyMatch(m -> isRun(m, config.primary(), config.primaryBootId()))
                && config.minInSync() >= 1;
    }

    private static boolean begins(GridConfig first) {
        return first.cv() == 1
                && first.epoch() >= 1
                && first.members().size() == 1
                && (first.minInSyncFixed() || first.minInSync() == 1);
    }

    private static boolean continues(GridConfig current, GridConfig next) {
        boolean newReign = !isRun(next, current.primary(), current.primaryBootId());
        return next.cv() - current.cv() == 1
                && next.epoch() - current.epoch() == (newReign ? 1 : 0)
                && next.lineageId().equals(current.lineageId())
                && next.featureLevel() >= current.featureLevel()
                && next.minInSyncFixed() == current.minInSyncFixed()
                && (keepsMinInSync(current, next) || (!newReign && retires(current, next)))
                && next.members().stream()
                        .allMatch(m -> newReign ? mayStand(current, next, m) : mayStandOrCome(current, m));
    }

    private static boolean keepsMinInSync(GridConfig current, GridConfig next) {
        int size = next.members().size();
        return size >= Math.min(current.members().size(), current.minInSync())
                && next.minInSync()
                        == (size < 3 || next.minInSyncFixed() ? current.minInSync() : Math.max(2, current.minInSync()));
    }

    /** A primary's operator says that a node is gone for good: one or two are left, and one may hold a write alone. */
    private static boolean retires(GridConfig current, GridConfig next) {
        return !current.minInSyncFixed() && next.members().size() < 3 && next.minInSync() == 1;
    }

    /** In a take-over: who was in S, as it was; but the new primary may be a later run. */
    private static boolean mayStand(GridConfig current, GridConfig next, Member member) {
        Member before = before(current, member);
        return before != null
                && (before.equals(member) || (member.nodeId().equals(next.primary()) && isLaterRun(before, member)));
    }

    /** By the primary: who was in S, newcomers, later runs and other stores; but the primary stays as it is. */
    private static boolean mayStandOrCome(GridConfig current, Member member) {
        Member before = before(current, member);
        if (before == null || before.equals(member)) {
            return true;
        }
        return !member.nodeId().equals(current.primary())
                && (isLaterRun(before, member) || !before.storeId().equals(member.storeId()));
    }

    private static boolean isLaterRun(Member before, Member member) {
        return before.storeId().equals(member.storeId()) && member.startCount() > before.startCount();
    }

    private static @Nullable Member before(GridConfig current, Member member) {
        for (Member m : current.members()) {
            if (m.nodeId().equals(member.nodeId())) {
                return m;
            }
        }
        return null;
    }

    private static boolean isRun(GridConfig config, NodeId primary, UUID bootId) {
        return Objects.equals(config.primary(), primary) && Objects.equals(config.primaryBootId(), bootId);
    }

    private static boolean isRun(Member member, NodeId nodeId, UUID bootId) {
        return member.nodeId().equals(nodeId) && member.bootId().equals(bootId);
    }
}
