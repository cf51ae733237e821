package io.kvgrid.spi.arbiter;

import java.util.Optional;

/** The known outcome of a compare-and-set. */
public sealed interface CasResult {
    /** The proposal is the configuration now. */
    record Applied(GridConfig config) implements CasResult {}

    /**
     * It was not applied, and never will be.
     *
     * @param reason which rule or version it failed
     * @param current the configuration at that moment
     */
    record Refused(String reason, Optional<GridConfig> current) implements CasResult {}
}
