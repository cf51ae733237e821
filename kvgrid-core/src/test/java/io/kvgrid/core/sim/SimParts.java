package io.kvgrid.core.sim;

import io.kvgrid.core.replication.Rules;
import io.kvgrid.core.runtime.Loop;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.persistence.Persistence;
import java.util.function.UnaryOperator;

/**
 * What nodes of a simulated grid are made of: the real thing, or a mutant's.
 *
 * @param rules what they decide by
 * @param persistence what they take for their disk
 * @param arbiter what they take for the Arbiter
 * @param loop what they take for their loop and its clocks
 * @param checksTransitions whether the Arbiter checks what it is told to set (P3)
 */
record SimParts(
        Rules rules,
        UnaryOperator<Persistence> persistence,
        UnaryOperator<Arbiter> arbiter,
        UnaryOperator<Loop> loop,
        boolean checksTransitions) {
    static SimParts real() {
        return of(new Rules());
    }

    static SimParts of(Rules rules) {
        return new SimParts(rules, UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity(), true);
    }

    SimParts withPersistence(UnaryOperator<Persistence> other) {
        return new SimParts(rules, other, arbiter, loop, checksTransitions);
    }

    SimParts withArbiter(UnaryOperator<Arbiter> other) {
        return new SimParts(rules, persistence, other, loop, checksTransitions);
    }

    SimParts withLoop(UnaryOperator<Loop> other) {
        return new SimParts(rules, persistence, arbiter, other, checksTransitions);
    }

    /** With an Arbiter that sets whatever it is told to. */
    SimParts withCredulousArbiter() {
        return new SimParts(rules, persistence, arbiter, loop, false);
    }
}
