package io.kvgrid.spi.arbiter;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Holds a grid's configuration and changes it by compare-and-set only. Every implementation checks each change with
 * {@link GridConfig#transition} (P3). No lease lives here: reads and writes go on while the Arbiter is away.
 *
 * <p>Thread-safe, never blocks. Every stage completes within the implementation's own time limit; one that fails says
 * nothing about whether its call took effect (P4).
 */
public interface Arbiter extends AutoCloseable {
    /** The present configuration, linearizably; empty before the first. Fails with {@link ArbiterUnavailableException}. */
    CompletionStage<Optional<GridConfig>> read();

    /**
     * Replaces the configuration whose version is {@code expectedCv} by {@code proposal}.
     *
     * @param expectedCv 0 to create the first configuration
     * @param proposal has version {@code expectedCv + 1} and a nonce of its own
     * @return what became of it. Fails with {@link ArbiterUnavailableException} if that is unknown (P4)
     */
    CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal);

    /** Tells {@code watcher} of configurations as they are set, at best effort and in order of cv; some may be left out. */
    void watch(Consumer<GridConfig> watcher);

    @Override
    void close();
}
