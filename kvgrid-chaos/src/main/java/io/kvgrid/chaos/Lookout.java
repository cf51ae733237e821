package io.kvgrid.chaos;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Watches through other nodes whether a node is removed, or the primary replaced, while a fault lasts. */
final class Lookout {
    private static final int STEP_MILLIS = 50;

    private final ChaosGrid grid;
    private final String node;
    private final Set<Long> epochs = new HashSet<>();
    private final Thread thread = new Thread(this::watch, "lookout");
    private volatile boolean changed;

    private Lookout(ChaosGrid grid, String node) {
        this.grid = grid;
        this.node = node;
    }

    /** Watches from now on what happens to {@code node}. */
    static Lookout start(ChaosGrid grid, String node) {
        Lookout lookout = new Lookout(grid, node);
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
                view.ifPresent(seen -> epochs.add(seen.epoch()));
                if (epochs.size() > 1
                        || view.filter(seen -> isRemoved(seen.inSync())).isPresent()) {
                    changed = true;
                }
            }
        }
    }

    private boolean isRemoved(Set<String> inSync) {
        return !inSync.isEmpty() && !inSync.containsAll(grid.topology().data());
    }

    /** Whether anything changed. */
    boolean end() throws InterruptedException {
        thread.interrupt();
        thread.join();
        return changed;
    }
}
