package io.kvgrid.chaos;

import io.kvgrid.chaos.Operations.Attempts;
import io.kvgrid.chaos.history.Recorder;
import io.kvgrid.testkit.history.History;
import io.kvgrid.testkit.history.Operation.Guard;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** One client of one node: an operation at a time, of all kinds, while that node runs. Its own thread. */
final class Client implements Runnable {
    private static final int REPETITIONS = 3;
    private static final int LONGEST_REST_MICROS = 30_000;

    private final ChaosGrid grid;
    private final String node;
    private final Keys keys;
    private final Operations operations;
    private final Recorder recorder;
    private final SplittableRandom random;

    Client(ChaosGrid grid, String node, Keys keys, Operations operations, Recorder recorder, SplittableRandom random) {
        this.grid = grid;
        this.node = node;
        this.keys = keys;
        this.operations = operations;
        this.recorder = recorder;
        this.random = random;
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Optional<GridNodeRun> run = grid.serving(node);
                if (run.isPresent()) {
                    operate(run.get());
                }
                TimeUnit.MICROSECONDS.sleep(1_000 + random.nextInt(LONGEST_REST_MICROS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            recorder.violation("a client of node " + node + " failed: " + e);
        }
    }

    private void operate(GridNodeRun run) throws InterruptedException {
        String key = keys.shared(random);
        switch (random.nextInt(20)) {
            case 0, 1 -> operations.local(run, key);
            case 2, 3, 4 -> operations.keepAndWait(run, keys.single());
            case 5 -> {
                if (Keys.isRemoved(key)) {
                    write(run, recorder.removal(key), "any");
                }
            }
            case 6 -> write(run, recorder.write(key, Guard.EXPECTED, 0), "absent");
            case 7 -> write(run, recorder.write(key, Guard.ANOTHER, 0), "present");
            case 8, 9 -> {
                Optional<Recorder.Known> known = recorder.known(key);
                if (known.isPresent()) {
                    write(
                            run,
                            recorder.write(key, Guard.EXPECTED, known.get().write()),
                            Long.toString(known.get().version()));
                }
            }
            case 10, 11, 12, 13 -> write(run, recorder.write(key, Guard.ANYTHING, 0), "any");
            default -> operations.read(run, key);
        }
    }

    /** An attempt whose outcome is unknown is repeated with the same operation id, on any node. */
    private void write(GridNodeRun first, History.Write write, String condition) throws InterruptedException {
        Duration timeout = random.nextInt(4) == 0 ? Duration.ofSeconds(5) : Operations.DEFAULT_TIMEOUT;
        Attempts attempts = new Attempts(write, condition, timeout);
        Optional<String> repeatable = operations.write(first, attempts, "-");
        for (int i = 0; i < REPETITIONS && repeatable.isPresent() && random.nextBoolean(); i++) {
            Optional<GridNodeRun> any = grid.anyServing(random);
            if (any.isEmpty()) {
                return;
            }
            repeatable = operations.write(any.get(), attempts, repeatable.get());
        }
    }
}
