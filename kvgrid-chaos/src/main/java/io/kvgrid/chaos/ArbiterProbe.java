package io.kvgrid.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Finds out when the Arbiter answers every node that is left: its own gap, below which no primary can be replaced. */
final class ArbiterProbe {
    private final List<CompletableFuture<Long>> answers = new ArrayList<>();

    private ArbiterProbe() {}

    /** Asks from now on. */
    static ArbiterProbe start(ChaosGrid grid) {
        ArbiterProbe probe = new ArbiterProbe();
        for (String id : grid.topology().data()) {
            grid.serving(id)
                    .ifPresent(run -> probe.answers.add(
                            run.process().ask("arbiter").thenApply(NodeProcess.Answer::receivedNanos)));
        }
        return probe;
    }

    /**
     * Waits for the last answer.
     *
     * @return how long after {@code fromNanos} it came
     * @throws ChaosFailure if it does not come within {@code limit}
     */
    long awaitAnswers(long fromNanos, Duration limit) throws InterruptedException {
        long last = fromNanos;
        for (CompletableFuture<Long> answer : answers) {
            try {
                last = Math.max(last, answer.get(limit.toNanos(), TimeUnit.NANOSECONDS));
            } catch (ExecutionException | TimeoutException e) {
                throw new ChaosFailure("the Arbiter did not answer for " + limit.toSeconds() + " s", e);
            }
        }
        return last - fromNanos;
    }
}
