package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.GridConfig;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who want to hear of configurations. A voter that starts again goes through old ones once more: none is told that
 * is not newer than the last one told.
 */
final class Watchers {
    private static final Logger log = LoggerFactory.getLogger(Watchers.class);

    private final List<Consumer<GridConfig>> watchers = new CopyOnWriteArrayList<>();
    private long toldCv;

    void add(Consumer<GridConfig> watcher) {
        watchers.add(watcher);
    }

    /** Tells all of them, on this thread. */
    synchronized void tell(GridConfig config) {
        if (config.cv() <= toldCv) {
            return;
        }
        toldCv = config.cv();
        for (Consumer<GridConfig> watcher : watchers) {
            try {
                watcher.accept(config);
            } catch (RuntimeException e) { // a voter does not stop because somebody's callback fails
                log.warn("a watcher of the Arbiter failed on cv {}", config.cv(), e);
            }
        }
    }
}
