package io.kvgrid.testkit;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes configurations that might follow another: most of them nearly right, so that each rule decides often. */
final class RandomProposals {
    private static final List<NodeId> NODES =
            List.of("a", "b", "c", "d").stream().map(NodeId::new).toList();

    private final Random random;
    private final List<UUID> ids = new ArrayList<>();

    RandomProposals(long seed) {
        random = new Random(seed);
        for (int i = 0; i < 6; i++) {
            ids.add(new UUID(random.nextLong(), random.nextLong()));
        }
    }

    GridConfig next(@Nullable GridConfig current) {
        if (current == null || random.nextInt(30) == 0) {
            Member primary = member(node(), 1);
            GridConfig first = GridConfig.first(id(), primary, random.nextInt(3), nonce());
            return random.nextInt(3) == 0 ? bend(first) : first;
        }
        GridConfig next = switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> current.with(member(node(), 1 + random.nextInt(5)), nonce());
            case 4 -> random.nextBoolean() ? current.without(node(), nonce()) : current.retired(node(), nonce());
            case 5 -> current.takenOverBy(any(current.members()), nonce());
            case 6 -> {
                Member m = any(current.members());
                yield current.takenOverBy(run(m, m.startCount() + random.nextInt(3) - 1), nonce());
            }
            default -> removeToo(current.takenOverBy(any(current.members()), nonce()));
        };
        return random.nextInt(3) == 0 ? bend(next) : next;
    }

    private GridConfig removeToo(GridConfig config) {
        List<Member> members = new ArrayList<>(config.members());
        members.remove(any(config.members()));
        return copy(config, config.cv(), config.epoch(), config.primaryBootId(), members, config.minInSync(), 1);
    }

    /** Changes one field. */
    private GridConfig bend(GridConfig c) {
        List<Member> members = new ArrayList<>(c.members());
        int step = random.nextInt(3) - 1;
        switch (members.isEmpty() ? 0 : random.nextInt(8)) {
            case 0 -> {
                return copy(c, c.cv() + step, c.epoch(), c.primaryBootId(), members, c.minInSync(), 1);
            }
            case 1 -> {
                return copy(c, c.cv(), c.epoch() + step, c.primaryBootId(), members, c.minInSync(), 1);
            }
            case 2 -> {
                return copy(c, c.cv(), c.epoch(), id(), members, c.minInSync(), 1);
            }
            case 3 -> {
                return copy(c, c.cv(), c.epoch(), c.primaryBootId(), members, c.minInSync() + step, 1);
            }
            case 4 -> members.add(member(node(), 1));
            case 5 -> members.remove(random.nextInt(members.size()));
            case 6 -> {
                Member m = members.remove(random.nextInt(members.size()));
                members.add(new Member(m.nodeId(), id(), m.bootId(), m.startCount() + step, m.address()));
            }
            default -> {
                return copy(c, c.cv(), c.epoch(), c.primaryBootId(), members, c.minInSync(), 1 + step);
            }
        }
        return copy(c, c.cv(), c.epoch(), c.primaryBootId(), members, c.minInSync(), c.featureLevel());
    }

    private GridConfig copy(
            GridConfig c, long cv, long epoch, UUID bootId, List<Member> members, int minInSync, int featureLevel) {
        UUID lineage = random.nextInt(20) == 0 ? id() : c.lineageId();
        boolean fixed = c.minInSyncFixed() ^ (random.nextInt(20) == 0);
        return new GridConfig(
                lineage, cv, epoch, c.primary(), bootId, members, minInSync, fixed, featureLevel, c.nonce());
    }

    private Member member(NodeId node, long startCount) {
        return new Member(node, id(), id(), startCount, "");
    }

    private Member run(Member m, long startCount) {
        return new Member(m.nodeId(), random.nextInt(5) == 0 ? id() : m.storeId(), id(), startCount, m.address());
    }

    private NodeId node() {
        return any(NODES);
    }

    private UUID id() {
        return any(ids);
    }

    private UUID nonce() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
