package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Makes things go wrong from outside: processes, links, disks and the Arbiter, as far as the run's {@link Faults} say. */
final class Chaos {
    private static final long STEP_NANOS = 250_000_000;
    private static final double SECOND = 1e9;

    private final SimGrid grid;
    private final RandomGenerator random;
    private final Faults faults;

    Chaos(SimGrid grid, RandomGenerator random) {
        this.grid = grid;
        this.random = random;
        this.faults = grid.faults();
    }

    /** Starts all nodes, some of them late, and goes on until the faults stop. */
    void start() {
        long together = (long) (random.nextDouble() * 20 * SECOND);
        for (SimNode node : grid.nodes()) {
            if (faults.enabled(Fault.MANY_JOINERS) && node != grid.nodes().get(0)) {
                faults.count(Fault.MANY_JOINERS);
                grid.startLater(node, together);
                continue;
            }
            boolean late = faults.strikes(Fault.LATE_JOIN, 0.8);
            grid.startLater(node, late ? (long) (random.nextDouble() * 40 * SECOND) : random.nextInt(200_000_000));
        }
        step();
    }

    private void step() {
        grid.clock().after((long) (STEP_NANOS * 2 * random.nextDouble()), () -> {
            if (!faults.isStopped()) {
                strike();
                step();
            }
        });
    }

    private void strike() {
        processes();
        links();
        Optional<SimNode> any = grid.randomUp(random);
        if (faults.strikes(Fault.ARBITER_UNAVAILABLE, 0.03)) {
            grid.arbiter().unavailable(nanos(5));
        }
        if (faults.comes(Fault.ARBITER_ROLLED_BACK, 0.01)) {
            grid.arbiter().forgets(Fault.ARBITER_ROLLED_BACK, 1 + random.nextInt(4), nanos(3));
        } else if (faults.comes(Fault.ARBITER_WIPED, 0.01)) {
            grid.arbiter().forgets(Fault.ARBITER_WIPED, Integer.MAX_VALUE, nanos(3));
        }
        if (any.isPresent() && faults.strikes(Fault.ARBITER_CUT_OFF, 0.05)) {
            grid.arbiter().cutOff(any.get().id(), nanos(8));
        }
    }

    private void processes() {
        Optional<SimNode> primary = primary();
        if (primary.isPresent() && primary.get().isUp() && faults.strikes(Fault.PRIMARY_CRASH, 0.05)) {
            crash(primary.get());
        }
        List<SimNode> secondaries = new ArrayList<>(grid.nodes());
        primary.ifPresent(secondaries::remove);
        secondaries.removeIf(node -> !node.isUp());
        if (!secondaries.isEmpty()) {
            SimNode secondary = secondaries.get(random.nextInt(secondaries.size()));
            if (faults.strikes(Fault.SECONDARY_CRASH, 0.08)) {
                crash(secondary);
            } else if (isHeldElsewhere(secondary, Fault.WIPED_DISK) && faults.strikes(Fault.WIPED_DISK, 0.03)) {
                grid.crash(secondary);
                secondary.disk().wipe();
                grid.startLater(secondary, restartNanos());
            } else if (isHeldElsewhere(secondary, Fault.OLD_DISK_RESTORE)
                    && faults.strikes(Fault.OLD_DISK_RESTORE, 0.03)) {
                grid.crash(secondary);
                secondary.disk().restore();
                grid.startLater(secondary, restartNanos());
            } else if (isHeldElsewhere(secondary, Fault.DAMAGE_WHILE_RUNNING)
                    && faults.strikes(Fault.DAMAGE_WHILE_RUNNING, 0.05)) {
                secondary.disk().damage();
            } else if (isHeldElsewhere(secondary, Fault.DAMAGE_WHILE_STOPPED)
                    && faults.strikes(Fault.DAMAGE_WHILE_STOPPED, 0.05)) {
                grid.crash(secondary);
                secondary.disk().damage();
                grid.startLater(secondary, restartNanos());
            } else if (isHeldElsewhere(secondary, Fault.MISPLACED_BLOCKS)
                    && faults.comes(Fault.MISPLACED_BLOCKS, 0.05)) {
                grid.crash(secondary);
                if (secondary.disk().misplace()) {
                    faults.count(Fault.MISPLACED_BLOCKS);
                }
                grid.startLater(secondary, restartNanos());
            } else if (faults.comes(Fault.MANY_JOINERS, 0.01)) {
                joinTogether(secondaries);
            }
        }
        if (faults.comes(Fault.DUPLICATE_NODE_ID, 0.02)) {
            grid.startTwin(grid.living().get(random.nextInt(grid.living().size())));
            grid.clock().after(nanos(15), () -> {
                if (!faults.isStopped()) {
                    grid.endTwin();
                }
            });
        }
        if (grid.living().size() == grid.nodes().size() && !grid.hasTwin()) {
            grid.randomUp(random)
                    .filter(node -> isHeldElsewhere(node, Fault.PERMANENT_LOSS))
                    .ifPresent(node -> {
                        if (faults.strikes(Fault.PERMANENT_LOSS, 0.01)) {
                            grid.crash(node);
                            node.lose();
                        }
                    });
        }
        if (faults.strikes(Fault.TOTAL_CRASH, 0.02)) {
            grid.nodes().stream().filter(SimNode::isUp).toList().forEach(this::crash);
        }
        Optional<SimNode> any = grid.randomUp(random);
        if (any.isPresent() && faults.strikes(Fault.PAUSE, 0.06)) {
            any.get().process().pause(random.nextBoolean() ? nanos(0.5) : nanos(6));
        } else if (any.isPresent() && !any.get().isLeaving() && faults.strikes(Fault.GRACEFUL_LEAVE, 0.04)) {
            grid.leave(any.get(), () -> grid.startLater(any.get(), restartNanos()));
        }
        grid.randomUp(random).ifPresent(node -> {
            if (faults.strikes(Fault.SUSPENSION, 0.04)) {
                node.process().suspend(nanos(4));
            } else if (faults.strikes(Fault.WALL_CLOCK_JUMP, 0.05)) {
                node.process().setWallClock((long) ((2 * random.nextDouble() - 1) * 3e10)); // up to a year
            }
        });
        for (SimNode node : grid.nodes()) {
            if (node.isUp() && node.hasFailed()) {
                boolean refused = node.isRefused();
                crash(node); // somebody looks after nodes that stopped by themselves
                if (refused) {
                    node.disk().wipe();
                }
            }
        }
    }

    /** As many as the grid can do without come back with empty disks, all at one moment. */
    private void joinTogether(List<SimNode> nodes) {
        long nanos = restartNanos();
        for (SimNode node : nodes) {
            if (isHeldElsewhere(node)) {
                faults.count(Fault.MANY_JOINERS);
                grid.crash(node);
                node.disk().wipe();
                grid.startLater(node, nanos);
            }
        }
    }

    /** The same, if there is that fault: it is not asked for without. */
    private boolean isHeldElsewhere(SimNode node, Fault fault) {
        return faults.enabled(fault) && isHeldElsewhere(node);
    }

    /**
     * Whether another member of S has all that is committed, whatever is set next: nobody can bring back what the last disk has
     * lost.
     */
    private boolean isHeldElsewhere(SimNode node) {
        return grid.arbiter().current().isPresent()
                && grid.arbiter().possible().stream()
                        .allMatch(config ->
                                grid.nodes().stream().anyMatch(other -> other != node && holdsAll(other, config)));
    }

    private boolean holdsAll(SimNode node, GridConfig config) {
        return !node.isLost()
                && node.disk().durable().isIntact()
                && !node.disk().isRestored() // which is refused, and wiped then (P7)
                && node.disk().durable().lastLsn() >= grid.invariants().log().lastLsn()
                && config.member(node.id())
                        .map(Member::storeId)
                        .filter(store -> node.disk().storeId().equals(Optional.of(store)))
                        .isPresent();
    }

    private void crash(SimNode node) {
        grid.crash(node);
        long nanos = restartNanos();
        grid.startLater(node, nanos);
        int again = faults.strikes(Fault.CRASH_LOOP, 0.5) ? 1 + random.nextInt(5) : 0;
        for (int i = 0; i < again; i++) {
            nanos += nanos(0.6);
            grid.clock().after(nanos, () -> {
                if (node.isUp() && !faults.isStopped()) {
                    grid.crash(node);
                    grid.startLater(node, random.nextInt(50_000_000));
                }
            });
        }
    }

    private long restartNanos() {
        return faults.strikes(Fault.INSTANT_RESTART, 0.7) ? 1_000_000 + random.nextInt(10_000_000) : nanos(6);
    }

    private void links() {
        List<SimNode> nodes = grid.nodes();
        if (nodes.size() < 2) {
            return;
        }
        NodeId a = nodes.get(random.nextInt(nodes.size())).id();
        NodeId b = nodes.get(random.nextInt(nodes.size())).id();
        boolean hold = faults.enabled(Fault.BYTES_HELD_IN_SPLIT) && random.nextBoolean();
        if (faults.strikes(Fault.FULL_SPLIT, 0.06)) {
            for (SimNode other : nodes) {
                split(a, other.id(), hold, nanos(5));
                split(other.id(), a, hold, nanos(5));
            }
        }
        if (!a.equals(b) && faults.strikes(Fault.ONE_WAY_SPLIT, 0.08)) {
            split(a, b, hold, nanos(5));
        }
        if (!a.equals(b) && faults.strikes(Fault.PARTIAL_SPLIT, 0.08)) {
            long nanos = nanos(5);
            split(a, b, hold, nanos);
            split(b, a, hold, nanos);
        }
        if (!a.equals(b) && faults.strikes(Fault.FLAPPING_LINK, 0.05)) {
            flap(a, b, 4 + random.nextInt(20));
        }
    }

    private void flap(NodeId a, NodeId b, int times) {
        if (times > 0 && !faults.isStopped()) {
            split(a, b, false, nanos(0.3));
            split(b, a, false, nanos(0.3));
            grid.clock().after(nanos(0.6), () -> flap(a, b, times - 1));
        }
    }

    private void split(NodeId from, NodeId to, boolean hold, long nanos) {
        if (!from.equals(to)) {
            grid.network().block(from, to, hold);
            grid.clock().after(nanos, () -> grid.network().unblock(from, to));
        }
    }

    private Optional<SimNode> primary() {
        return grid.arbiter().current().map(GridConfig::primary).map(grid::node);
    }

    private long nanos(double maxSeconds) {
        return (long) (random.nextDouble() * maxSeconds * SECOND);
    }
}
