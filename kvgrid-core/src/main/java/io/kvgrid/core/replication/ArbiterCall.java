package io.kvgrid.core.replication;

import io.kvgrid.spi.arbiter.GridConfig;

/** A question to the Arbiter; answered by an input. */
public sealed interface ArbiterCall {
    /**
     * Answered by {@link Input.ConfigRead} or {@link Input.ArbiterSilent}.
     *
     * @param knownCv the newest cv this node knew when it asked: the answer cannot be older (P8)
     */
    record Read(long knownCv) implements ArbiterCall {}

    /** Answered by {@link Input.CasAnswered} or {@link Input.ArbiterSilent}. */
    record CompareAndSet(long expectedCv, GridConfig proposal) implements ArbiterCall {}
}
