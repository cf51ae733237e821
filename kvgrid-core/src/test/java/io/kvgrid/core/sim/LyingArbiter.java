package io.kvgrid.core.sim;

import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** An Arbiter's client that takes a call without an answer for one with an answer (P4). For mutants. */
final class LyingArbiter implements Arbiter {
    private final Arbiter real;
    private final boolean saysApplied;
    private Optional<GridConfig> known = Optional.empty();

    private LyingArbiter(Arbiter real, boolean saysApplied) {
        this.real = real;
        this.saysApplied = saysApplied;
    }

    /** No answer means yes. */
    static Arbiter silenceIsConsent(Arbiter real) {
        return new LyingArbiter(real, true);
    }

    /** No answer means no: the configuration is still what it was. */
    static Arbiter silenceIsRefusal(Arbiter real) {
        return new LyingArbiter(real, false);
    }

    @Override
    public CompletionStage<Optional<GridConfig>> read() {
        return real.read().thenApply(read -> {
            known = read;
            return read;
        });
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
        return real.compareAndSet(expectedCv, proposal)
                .handle((result, failure) -> {
                    if (failure == null) {
                        known = result instanceof CasResult.Applied applied
                                ? Optional.of(applied.config())
                                : ((CasResult.Refused) result).current();
                        return CompletableFuture.completedStage(result);
                    }
                    if (saysApplied) {
                        return CompletableFuture.<CasResult>completedStage(new CasResult.Applied(proposal));
                    }
                    return known.map(GridConfig::cv).orElse(0L) == expectedCv
                            ? CompletableFuture.<CasResult>completedStage(new CasResult.Refused("no answer", known))
                            : CompletableFuture.<CasResult>failedStage(failure);
                })
                .thenCompose(stage -> stage);
    }

    @Override
    public void watch(Consumer<GridConfig> watcher) {
        real.watch(watcher);
    }

    @Override
    public void close() {
        real.close();
    }
}
