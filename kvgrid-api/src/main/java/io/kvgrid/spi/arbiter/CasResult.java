package io.kvgrid.spi.arbiter;

import java.util.Optional;

/** The known outcome of a compare-and-set. */
public sealed interface CasResult {
    /** The proposal is the configuration now. */
    record Applied(GridConfig config) implements CasResult {}

    /**
     * This call did not apply it, and never will. If {@code current} carries the proposal's nonce, an earlier call with
     * the same proposal did (P4).
     *
     * @param reason which rule or version it failed
     * @param current the configuration at that moment
     */
    record Refused(String reason, Optional<GridConfig> current) implements CasResult {}
}
