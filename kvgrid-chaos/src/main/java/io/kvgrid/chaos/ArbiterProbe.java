package io.kvgrid.chaos;

import io.kvgrid.chaos.history.Gap;
import io.kvgrid.chaos.history.Moments;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Asks the Arbiter through some nodes, again and again while a fault lasts, and tells for how long at a time it did not
 * answer: its own gap, below which nobody can be removed or replaced. A hosted Arbiter is not asked: it is spared.
 */
final class ArbiterProbe {
    private static final int REST_MILLIS = 50;

    private final long fromNanos = System.nanoTime();
    private final Map<Thread, Moments> answers;
    private volatile boolean ended;

    private ArbiterProbe(List<GridNodeRun> asked) {
        answers = new TreeMap<>(Comparator.comparing(Thread::getName));
        for (GridNodeRun node : asked) {
            Moments moments = new Moments();
            answers.put(new Thread(() -> ask(node, moments), "arbiter-probe-of-" + node.id()), moments);
        }
    }

    /** Asks through those of {@code nodes} that serve, from now on. */
    static ArbiterProbe start(ChaosGrid grid, Collection<String> nodes) {
        List<String> asked =
                grid.topology().host().isPresent() ? List.of() : nodes.stream().toList();
        ArbiterProbe probe = new ArbiterProbe(
                asked.stream().map(grid::serving).flatMap(Optional::stream).toList());
        probe.answers.keySet().forEach(thread -> {
            thread.setDaemon(true);
            thread.start();
        });
        return probe;
    }

    private void ask(GridNodeRun node, Moments moments) {
        try {
            do {
                moments.add(node.process().ask("arbiter").get().receivedNanos());
                TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            } while (!ended);
        } catch (ExecutionException e) {
            // its process ended, which is judged elsewhere
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits for the answer to the last question of every node.
     *
     * @throws ChaosFailure if one does not come within {@code limit}
     */
    void end(Duration limit) throws InterruptedException {
        ended = true;
        long end = System.nanoTime() + limit.toNanos();
        for (Thread thread : answers.keySet()) {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, end - System.nanoTime()));
            if (thread.isAlive()) {
                throw new ChaosFailure(thread.getName() + ": no answer for " + limit.toSeconds() + " s");
            }
        }
    }

    /** The longest time during which a node was not answered. To be asked after the end. */
    Gap longest() {
        return gaps().stream().max(Comparator.comparing(Gap::nanos)).orElse(new Gap(fromNanos, fromNanos));
    }

    /** The same of the node that fared best. */
    Gap shortest() {
        return gaps().stream().min(Comparator.comparing(Gap::nanos)).orElse(new Gap(fromNanos, fromNanos));
    }

    private List<Gap> gaps() {
        return answers.values().stream()
                .flatMap(moments ->
                        moments.gaps(fromNanos, Long.MAX_VALUE).stream().max(Comparator.comparing(Gap::nanos)).stream())
                .toList();
    }
}
