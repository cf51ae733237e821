package io.kvgrid.testkit;

import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** An Arbiter behind a bad line: of its calls some do not get there, and the answers of some do not come back (P4). */
final class LossyArbiter implements Arbiter {
    private final Arbiter behind;
    private final Random random;
    private int lost;

    LossyArbiter(Arbiter behind, long seed) {
        this.behind = behind;
        this.random = new Random(seed);
    }

    /** How many calls have failed. */
    int lost() {
        return lost;
    }

    @Override
    public CompletionStage<Optional<GridConfig>> read() {
        return call(behind::read);
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
        return call(() -> behind.compareAndSet(expectedCv, proposal));
    }

    private <T> CompletionStage<T> call(Supplier<CompletionStage<T>> call) {
        int chance = random.nextInt(10);
        if (chance >= 4) {
            return call.get();
        }
        lost++;
        CompletionStage<T> failed =
                CompletableFuture.failedStage(new ArbiterUnavailableException("lost on the line", null));
        return chance < 2 ? failed : call.get().thenCompose(answer -> failed);
    }

    @Override
    public void watch(Consumer<GridConfig> watcher) {
        behind.watch(watcher);
    }

    @Override
    public void close() {}
}
