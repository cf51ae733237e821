package io.kvgrid.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Watches through other nodes whether a node is removed, or the primary replaced, while a fault lasts. */
final class Lookout {
    private static final int STEP_MILLIS = 50;

    /** What becomes of a node that does not answer. */
    enum Change {
        /** It was primary: a newer epoch has begun. */
        REPLACED,
        /** It is not in sync any more. */
        REMOVED,
        /** Either. */
        ANY
    }

    private final ChaosGrid grid;
    private final String node;
    private final long epoch;
    private final Thread thread = new Thread(this::watch, "lookout");
    private volatile boolean replaced;
    private volatile boolean removed;

    private Lookout(ChaosGrid grid, String node, long epoch) {
        this.grid = grid;
        this.node = node;
        this.epoch = epoch;
    }

    /** Watches from now on what happens to {@code node} of a whole grid whose epoch is {@code epoch}. */
    static Lookout start(ChaosGrid grid, String node, long epoch) {
        Lookout lookout = new Lookout(grid, node, epoch);
        lookout.thread.setDaemon(true);
        lookout.thread.start();
        return lookout;
    }

    private void watch() {
        try {
            while (true) {
                look();
                Thread.sleep(STEP_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        for (String other : grid.topology().data()) {
            if (!other.equals(node)) {
                Optional<NodeView> view = grid.view(other);
                if (view.filter(seen -> seen.epoch() > epoch).isPresent()) {
                    replaced = true;
                }
                if (view.filter(seen ->
                                !seen.inSync().isEmpty() && !seen.inSync().contains(node))
                        .isPresent()) {
                    removed = true;
                }
            }
        }
    }

    /** Whether that has been seen so far. */
    boolean saw(Change change) {
        return switch (change) {
            case REPLACED -> replaced;
            case REMOVED -> removed;
            case ANY -> replaced || removed;
        };
    }

    /** Waits until that is seen. Says whether it was, within {@code limit}. */
    boolean await(Change change, Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        while (!saw(change) && System.nanoTime() - start < limit.toNanos()) {
            Thread.sleep(STEP_MILLIS);
        }
        return saw(change);
    }

    /** Looks no longer. Says what was seen. */
    String end() throws InterruptedException {
        thread.interrupt();
        thread.join();
        List<String> seen = new ArrayList<>();
        if (replaced) {
            seen.add("a new primary");
        }
        if (removed) {
            seen.add(node + " removed");
        }
        return seen.isEmpty() ? "no change of members" : String.join(", ", seen);
    }
}
