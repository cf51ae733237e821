package io.kvgrid;

import io.kvgrid.spi.arbiter.Arbiter;
import java.util.function.Supplier;

/**
 * Which Arbiter assigns the roles of a grid. Made by the module that brings the Arbiter, for example {@code
 * EmbeddedArbiter.hosted()} of kvgrid-core, or by {@link #of} for any other.
 */
public interface ArbiterChoice {
    /** An Arbiter made elsewhere, used by this node and closed with it. */
    static ArbiterChoice of(Arbiter arbiter) {
        return new Given(() -> arbiter);
    }

    /**
     * An Arbiter that is made when the node starts, and closed with it. What {@code opener} throws, the start of the node
     * throws.
     *
     * @param opener called once, on the thread that starts the node; may block
     */
    static ArbiterChoice openedBy(Supplier<? extends Arbiter> opener) {
        return new Given(opener);
    }

    /**
     * An Arbiter made elsewhere.
     *
     * @param opener gives it to the node that starts
     */
    record Given(Supplier<? extends Arbiter> opener) implements ArbiterChoice {}
}
