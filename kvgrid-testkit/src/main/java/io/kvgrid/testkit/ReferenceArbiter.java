package io.kvgrid.testkit;

import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An Arbiter in memory, for tests: the reference subject of {@link ArbiterContract}. Thread-safe. Calls complete at once,
 * on the caller's thread; watchers are told there too.
 */
public final class ReferenceArbiter implements Arbiter {
    /** How a call goes wrong. */
    public enum Fault {
        /** The call is lost on its way. */
        LOST_CALL,
        /** The call takes effect, but its answer is lost. */
        LOST_ANSWER
    }

    private final List<Consumer<GridConfig>> watchers = new ArrayList<>();
    private @Nullable GridConfig current;
    private @Nullable Fault nextFault;
    private boolean away;

    /** The next call fails. */
    public synchronized void failNextCall(Fault fault) {
        nextFault = fault;
    }

    /** Whether no call reaches this Arbiter from now on. */
    public synchronized void away(boolean isAway) {
        away = isAway;
    }

    @Override
    public synchronized CompletionStage<Optional<GridConfig>> read() {
        return answer(() -> Optional.ofNullable(current));
    }

    @Override
    public synchronized CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
        return answer(() -> apply(expectedCv, proposal));
    }

    @Override
    public synchronized void watch(Consumer<GridConfig> watcher) {
        watchers.add(watcher);
    }

    @Override
    public void close() {}

    private CasResult apply(long expectedCv, GridConfig proposal) {
        long cv = current == null ? 0 : current.cv();
        Optional<String> refusal = expectedCv != cv
                ? Optional.of("cv is " + cv + ", not " + expectedCv + " (P1)")
                : GridConfig.transition(current, proposal);
        if (refusal.isPresent()) {
            return new CasResult.Refused(refusal.get(), Optional.ofNullable(current));
        }
        current = proposal;
        watchers.forEach(watcher -> watcher.accept(proposal));
        return new CasResult.Applied(proposal);
    }

    private interface Call<T> {
        T make();
    }

    private <T> CompletionStage<T> answer(Call<T> call) {
        Fault fault = away ? Fault.LOST_CALL : nextFault;
        nextFault = null;
        if (fault == Fault.LOST_CALL) {
            return CompletableFuture.failedStage(new ArbiterUnavailableException("the call was lost", null));
        }
        T result = call.make();
        return fault == Fault.LOST_ANSWER
                ? CompletableFuture.failedStage(new ArbiterUnavailableException("the answer was lost", null))
                : CompletableFuture.completedStage(result);
    }
}
