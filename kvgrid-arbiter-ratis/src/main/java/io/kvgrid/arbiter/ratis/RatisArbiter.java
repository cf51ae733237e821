package io.kvgrid.arbiter.ratis;

import io.kvgrid.ArbiterChoice;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An Arbiter that outlives the loss of any minority of its voters, on Apache Ratis' Raft. Voters are processes that share
 * one grid's name: data nodes, or a {@link GridWitness}. Three voters go on without one of them, five without two.
 *
 * <pre>{@code
 * RatisArbiter arbiter = RatisArbiter.of("orders", "10.0.0.1:8400", "10.0.0.2:8400", "10.0.0.3:8400")
 *         .voter("10.0.0.1:8400", Path.of("data/arbiter"))
 *         .insecure() // nothing but the network keeps strangers out
 *         .start();
 * GridNode.builder("orders", …).arbiter(arbiter.choice())…
 * }</pre>
 *
 * <p>A call ends within 2 s unless set otherwise. Thread-safe, never blocks but in {@link #close}.
 */
public final class RatisArbiter implements Arbiter {
    private final VoterCalls calls;
    private final Watchers watchers;
    private final @Nullable VoterServer server;

    RatisArbiter(VoterCalls calls, Watchers watchers, @Nullable VoterServer server) {
        this.calls = calls;
        this.watchers = watchers;
        this.server = server;
    }

    /**
     * Settings for an Arbiter.
     *
     * @param grid the grid's name; voters of another grid do not answer
     * @param voters where each voter listens, as all others reach it, {@code host:port}: 1, 3 or 5 of them
     * @throws IllegalArgumentException if the name or an address is not valid, or there are two voters
     */
    public static RatisArbiterBuilder of(String grid, String... voters) {
        return new RatisArbiterBuilder(grid, voters);
    }

    /** For the builder of a node, which closes this Arbiter when it is closed. */
    public ArbiterChoice choice() {
        return ArbiterChoice.of(this);
    }

    @Override
    public CompletionStage<Optional<GridConfig>> read() {
        return calls.call(ConfigFormat.read()).thenApply(RatisArbiter::state);
    }

    @Override
    public CompletionStage<CasResult> compareAndSet(long expectedCv, GridConfig proposal) {
        return calls.call(ConfigFormat.change(expectedCv, proposal)).thenApply(RatisArbiter::result);
    }

    private static Optional<GridConfig> state(ByteBuffer answer) {
        try {
            return ConfigFormat.readState(answer);
        } catch (MalformedArbiterMessageException e) {
            throw unreadable(e);
        }
    }

    private static CasResult result(ByteBuffer answer) {
        try {
            return ConfigFormat.readResult(answer);
        } catch (MalformedArbiterMessageException e) {
            throw unreadable(e);
        }
    }

    /** It may have been done, but what is not known (P4). */
    private static ArbiterUnavailableException unreadable(MalformedArbiterMessageException why) {
        return new ArbiterUnavailableException("the Arbiter's answer cannot be read", why);
    }

    /** Told by the voter of this process, if it has one, as it learns what was decided; otherwise never. */
    @Override
    public void watch(Consumer<GridConfig> watcher) {
        watchers.add(watcher);
    }

    /** Ends the voter of this process and all calls. Blocks for 2 s at most. */
    @Override
    public void close() {
        calls.close();
        if (server != null) {
            server.close();
        }
    }
}
