package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.testkit.ArbiterContract;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The simulated Arbiter is one, too: without faults it does what all do. Time moves until a call has its answer. */
class SimArbiterTest extends ArbiterContract {
    private static final NodeId NODE = new NodeId("n");

    private final SimClock clock = new SimClock();
    private final SplittableRandom random = new SplittableRandom(1);
    private final SimArbiter arbiter =
            new SimArbiter(clock, Faults.none(random.split()), random.split(), new Trace(), config -> {}, true);

    @Override
    protected Arbiter client() {
        return new Client(arbiter.attach(new SimProcess(clock, NODE, 1)));
    }

    @Override
    protected boolean cutOff() {
        arbiter.cutOff(NODE, Long.MAX_VALUE / 2);
        return true;
    }

    /** May be called by several threads; the simulation has one at a time. */
    private final class Client implements Arbiter {
        private final Arbiter behind;

        Client(Arbiter behind) {
            this.behind = behind;
        }

        @Override
        public CompletionStage<Optional<GridConfig>> read() {
            return answered(behind::read);
        }

        @Override
        public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
            return answered(() -> behind.compareAndSet(expectedCv, proposal));
        }

        private <T> CompletionStage<T> answered(Supplier<CompletionStage<T>> call) {
            synchronized (clock) {
                CompletionStage<T> stage = call.get();
                while (!stage.toCompletableFuture().isDone()) {
                    clock.runNext(Long.MAX_VALUE / 2);
                }
                return stage;
            }
        }

        @Override
        public void watch(Consumer<GridConfig> watcher) {
            behind.watch(watcher);
        }

        @Override
        public void close() {
            behind.close();
        }
    }
}
