package io.kvgrid.core.node;

import io.kvgrid.GridListener;
import io.kvgrid.GridView;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of changes on the callback executor: one call at a time, in order. Thread-safe. */
final class Listeners {
    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private final Executor executor;
    private final List<GridListener> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;

    Listeners(Executor executor) {
        this.executor = executor;
    }

    /** Tells {@code listener} of {@code present} first, then of all that follows. */
    void add(GridListener listener, Supplier<GridView> present) {
        enqueue(() -> {
            tell(listener, present.get());
            listeners.add(listener);
        });
    }

    void remove(GridListener listener) {
        listeners.remove(listener);
        enqueue(() -> listeners.remove(listener)); // it may still wait to be added
    }

    void changed(GridView view) {
        enqueue(() -> listeners.forEach(listener -> tell(listener, view)));
    }

    private static void tell(GridListener listener, GridView view) {
        try {
            listener.onChange(view);
        } catch (RuntimeException e) { // the application's code: it must not keep others from hearing
            log.warn("a listener failed", e);
        }
    }

    private synchronized void enqueue(Runnable call) {
        waiting.add(call);
        if (!running) {
            running = true;
            schedule();
        }
    }

    private void schedule() {
        executor.execute(this::runOne);
    }

    private void runOne() {
        Runnable call;
        synchronized (this) {
            call = waiting.poll();
            if (call == null) {
                running = false;
                return;
            }
        }
        call.run();
        schedule();
    }
}
