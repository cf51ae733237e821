package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The Arbiter: one configuration that changes at one moment, seen through calls that are late, fail, or fail although
 * they took effect. Some of the calls that fail take effect only afterwards (P4).
 */
final class SimArbiter {
    private static final long CALL_NANOS = 2_000_000;
    private static final long TIMEOUT_NANOS = 500_000_000;

    private final SimClock clock;
    private final Faults faults;
    private final RandomGenerator random;
    private final Trace trace;
    private final Consumer<GridConfig> onConfig;
    private final boolean checksTransitions;
    private final Map<NodeId, Long> cutOffUntilNanos = new HashMap<>();
    /** How long each change that a node asks for lies there before it is made, in scenes. */
    private final Map<NodeId, Long> delayNanos = new HashMap<>();
    /** The same, of changes whose answer is lost. */
    private final Map<NodeId, Long> losesAnswersNanos = new HashMap<>();

    /** Who is heard by the Arbiter, and never hears it. */
    private final Set<NodeId> deaf = new HashSet<>();

    private int lostAnswers;
    private Optional<GridConfig> current = Optional.empty();
    private final List<GridConfig> history = new ArrayList<>();
    /** Proposals that have not been judged yet. */
    private final List<GridConfig> underWay = new ArrayList<>();

    private Fault forgets = Fault.ARBITER_ROLLED_BACK;
    private int forgotten;
    private long forgetsUntilNanos;
    private long unavailableUntilNanos;

    /**
     * @param onConfig told of each configuration at the moment it is set
     * @param checksTransitions false for a mutant: whatever names the next cv is set
     */
    SimArbiter(
            SimClock clock,
            Faults faults,
            RandomGenerator random,
            Trace trace,
            Consumer<GridConfig> onConfig,
            boolean checksTransitions) {
        this.clock = clock;
        this.faults = faults;
        this.random = random;
        this.trace = trace;
        this.onConfig = onConfig;
        this.checksTransitions = checksTransitions;
    }

    /** The Arbiter as one process reaches it. */
    Arbiter attach(SimProcess process) {
        return new Handle(process);
    }

    Optional<GridConfig> current() {
        return current;
    }

    /** What is set, and what may be set next by a proposal that is under way. */
    List<GridConfig> possible() {
        List<GridConfig> possible = underWay();
        current.ifPresent(possible::add);
        return possible;
    }

    /** What may be set by a proposal that is under way: those of an older cv will be refused (P1). */
    List<GridConfig> underWay() {
        long cv = current.map(GridConfig::cv).orElse(0L);
        List<GridConfig> left = new ArrayList<>(underWay);
        left.removeIf(proposal -> proposal.cv() <= cv);
        return left;
    }

    /** Answers nobody for {@code nanos}. */
    void unavailable(long nanos) {
        unavailableUntilNanos = clock.nowNanos() + nanos;
    }

    /**
     * For {@code nanos} reads show the configuration of {@code changes} changes ago, or none. Changes are made to the real
     * one: somebody brings the data back, and none of it may have been built upon.
     */
    void forgets(Fault how, int changes, long nanos) {
        forgets = how;
        forgotten = changes;
        forgetsUntilNanos = clock.nowNanos() + nanos;
    }

    private Optional<GridConfig> seenBy(SimProcess process) {
        if (forgotten == 0 || clock.nowNanos() >= forgetsUntilNanos || history.isEmpty()) {
            return current;
        }
        faults.count(forgets);
        process.deceive();
        int kept = history.size() - 1 - forgotten;
        return kept < 0 ? Optional.empty() : Optional.of(history.get(kept));
    }

    /** Cannot be reached by {@code node} for {@code nanos}. */
    void cutOff(NodeId node, long nanos) {
        cutOffUntilNanos.put(node, clock.nowNanos() + nanos);
    }

    /** Changes that {@code node} asks for are made so much later. */
    void delay(NodeId node, long nanos) {
        delayNanos.put(node, nanos);
    }

    /** Changes that {@code node} asks for are made so much later, and it is told at once that nobody knows; 0 ends that. */
    void losesAnswers(NodeId node, long nanos) {
        losesAnswersNanos.put(node, nanos);
    }

    /** From now on {@code node} gets no answer, to a read or a change, and each change that it asks for is made. */
    void deafen(NodeId node) {
        deaf.add(node);
    }

    /** How many answers were lost by {@link #losesAnswers}. */
    int lostAnswers() {
        return lostAnswers;
    }

    /** Answers everybody again. */
    void heal() {
        delayNanos.clear();
        losesAnswersNanos.clear();
        deaf.clear();
        unavailableUntilNanos = 0;
        forgetsUntilNanos = 0;
        cutOffUntilNanos.clear();
    }

    private boolean isReachedBy(NodeId node) {
        return clock.nowNanos() >= Math.max(unavailableUntilNanos, cutOffUntilNanos.getOrDefault(node, 0L));
    }

    private CasResult apply(NodeId by, long expectedCv, GridConfig proposal) {
        long cv = current.map(GridConfig::cv).orElse(0L);
        if (cv != expectedCv) {
            return new CasResult.Refused("cv is " + cv + ", not " + expectedCv, current);
        }
        Optional<String> refusal =
                checksTransitions ? GridConfig.transition(current.orElse(null), proposal) : Optional.empty();
        trace.add(clock.nowNanos(), by.value(), "config " + refusal.orElse("set"), proposal, proposal.cv());
        if (refusal.isPresent()) {
            return new CasResult.Refused(refusal.get(), current);
        }
        current = Optional.of(proposal);
        history.add(proposal);
        onConfig.accept(proposal);
        return new CasResult.Applied(proposal);
    }

    private long callNanos() {
        long nanos = (long) (CALL_NANOS * (0.5 + random.nextDouble()));
        return faults.strikes(Fault.ARBITER_DELAY, 0.5) ? nanos + (long) (random.nextDouble() * 1.5e9) : nanos;
    }

    private final class Handle implements Arbiter {
        private final SimProcess process;
        private boolean closed;

        Handle(SimProcess process) {
            this.process = process;
        }

        @Override
        public CompletionStage<Optional<GridConfig>> read() {
            CompletableFuture<Optional<GridConfig>> stage = new CompletableFuture<>();
            if (isUnreachable() || deaf.contains(process.node())) {
                fail(stage, TIMEOUT_NANOS);
                return stage;
            }
            clock.after(callNanos(), () -> {
                Optional<GridConfig> seen = seenBy(process);
                process.after(callNanos(), () -> stage.complete(seen));
            });
            return stage;
        }

        @Override
        public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
            CompletableFuture<CasResult> stage = new CompletableFuture<>();
            if (isUnreachable()) {
                fail(stage, TIMEOUT_NANOS);
                return stage;
            }
            if (deaf.contains(process.node())) {
                applyLater(callNanos(), expectedCv, proposal, result -> {});
                fail(stage, TIMEOUT_NANOS);
                return stage;
            }
            long lost = losesAnswersNanos.getOrDefault(process.node(), 0L);
            if (lost > 0) {
                lostAnswers++;
                applyLater(lost, expectedCv, proposal, result -> {});
                fail(stage, callNanos());
                return stage;
            }
            if (faults.strikes(Fault.CAS_DUPLICATE, 0.5)) {
                applyLater(late(), expectedCv, proposal, result -> {});
            }
            if (faults.strikes(Fault.CAS_UNKNOWN_LOST, 0.4)) {
                fail(stage, callNanos());
            } else if (faults.strikes(Fault.CAS_UNKNOWN_APPLIED, 0.4)) {
                // as often before the failure is known as after it
                applyLater(random.nextBoolean() ? 0 : late(), expectedCv, proposal, result -> {});
                fail(stage, callNanos());
            } else {
                long delay = delayNanos.getOrDefault(process.node(), 0L);
                applyLater(
                        delay + callNanos(),
                        expectedCv,
                        proposal,
                        result -> process.after(callNanos(), () -> stage.complete(result)));
            }
            return stage;
        }

        private void applyLater(long nanos, long expectedCv, GridConfig proposal, Consumer<CasResult> then) {
            underWay.add(proposal);
            clock.after(nanos, () -> {
                underWay.remove(proposal);
                then.accept(apply(process.node(), expectedCv, proposal));
            });
        }

        @Override
        public void watch(Consumer<GridConfig> watcher) {
            // a hint that may be lost, and is: members hear of a configuration from each other, or ask
        }

        @Override
        public void close() {
            closed = true;
        }

        private boolean isUnreachable() {
            return closed || !isReachedBy(process.node());
        }

        private void fail(CompletableFuture<?> stage, long nanos) {
            process.after(nanos, () -> stage.completeExceptionally(new ArbiterUnavailableException("simulated", null)));
        }

        private long late() {
            return (long) (random.nextDouble() * 3e9);
        }
    }
}
