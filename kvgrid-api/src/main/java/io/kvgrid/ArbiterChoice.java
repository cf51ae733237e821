package io.kvgrid;

import io.kvgrid.spi.arbiter.Arbiter;

/**
 * Which Arbiter assigns the roles of a grid. Made by the module that brings the Arbiter, for example {@code
 * EmbeddedArbiter.hosted()} of kvgrid-core, or by {@link #of} for any other.
 */
public interface ArbiterChoice {
    /** An Arbiter made elsewhere, used by this node and closed with it. */
    static ArbiterChoice of(Arbiter arbiter) {
        return new Given(arbiter);
    }

    /**
     * An Arbiter made elsewhere.
     */
    record Given(Arbiter arbiter) implements ArbiterChoice {}
}
