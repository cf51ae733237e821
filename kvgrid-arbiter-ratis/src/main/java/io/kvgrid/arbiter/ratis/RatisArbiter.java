package io.kvgrid.arbiter.ratis;

import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Arbiter that outlives the loss of any minority of its voters, on Apache Ratis' Raft. Voters are processes that share
 * one grid's name: data nodes, or a {@link GridWitness}. Three voters go on without one of them, five without two.
 *
 * <pre>{@code
 * GridNode.builder("orders", String.class, Order.class)
 *         .arbiter(RatisArbiter.of("orders", "10.0.0.1:8400", "10.0.0.2:8400", "10.0.0.3:8400")
 *                 .voter("10.0.0.1:8400", Path.of("data/arbiter"))
 *                 .insecure() // nothing but the network keeps strangers out
 *                 .choice())
 *         …
 * }</pre>
 *
 * <p>A call ends within 2 s unless set otherwise. Thread-safe, never blocks but in {@link #close}.
 */
public final class RatisArbiter implements Arbiter {
    private static final Logger log = LoggerFactory.getLogger(RatisArbiter.class);
    private static final long STATUS_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long CHANGE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final VoterCalls calls;
    private final Watchers watchers;
    private final VoterAdmin admin;
    private final @Nullable Voter voter;

    RatisArbiter(VoterCalls calls, Watchers watchers, VoterAdmin admin, @Nullable Voter voter) {
        this.calls = calls;
        this.watchers = watchers;
        this.admin = admin;
        this.voter = voter;
    }

    /**
     * Settings for an Arbiter.
     *
     * @param grid the grid's name; voters of another grid do not answer
     * @param voters where each voter listens, as all others reach it, {@code host:port}: 1, 3 or 5 of them
     * @throws IllegalArgumentException if the name or an address is not valid, or there are other than 1, 3 or 5 voters
     */
    public static RatisArbiterBuilder of(String grid, String... voters) {
        return new RatisArbiterBuilder(grid, voters);
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

    /**
     * Who has a vote, and who leads, as one of the voters sees it; in each an address. Fails with {@link
     * ArbiterUnavailableException} if none answers.
     *
     * @param voters sorted
     * @param leader empty while there is none
     */
    public record Status(List<String> voters, Optional<String> leader) {}

    /** How the voters stand. For people and tests: it may be out of date. */
    public CompletionStage<Status> status() {
        return calls.inTime(STATUS_NANOS, admin::status);
    }

    /**
     * Replaces the voters, while they run. A voter that is new must have been started, with its address among its own
     * voters', and waits for this call; one that is gone may be down. At least one half of the present voters stay.
     *
     * @param voters the addresses of all, 1 or 3 or 5
     * @return completes when the new ones have caught up and vote. Fails with {@link ArbiterUnavailableException} after
     *     10 s: it may have been done, which {@link #status} tells
     * @throws IllegalArgumentException if there are other than 1, 3 or 5 voters, or an address is not valid
     */
    public CompletionStage<Void> changeVoters(Collection<String> voters) {
        List<String> wanted = VoterGroup.checked(voters);
        long deadlineNanos = System.nanoTime() + CHANGE_NANOS;
        return calls.inTime(CHANGE_NANOS, () -> {
                    admin.change(admin.status().voters(), wanted, deadlineNanos);
                    return wanted;
                })
                .thenAccept(done -> log.info("the Arbiter's voters are {}", done));
    }

    /** How often the voter of this process was built anew. */
    long rebuilds() {
        return voter == null ? 0 : voter.rebuilds();
    }

    /** For tests: ends Ratis' server as it ends itself. */
    void closeServer() {
        if (voter != null) {
            voter.closeServer();
        }
    }

    /** Ends the voter of this process and all calls. Blocks for 2 s at most. */
    @Override
    public void close() {
        calls.close();
        if (voter != null) {
            voter.close();
        }
    }
}
