package io.kvgrid.testkit;

import static io.kvgrid.testkit.Proposals.A;
import static io.kvgrid.testkit.Proposals.B;
import static io.kvgrid.testkit.Proposals.C;
import static io.kvgrid.testkit.Proposals.apply;
import static io.kvgrid.testkit.Proposals.assertRefused;
import static io.kvgrid.testkit.Proposals.cas;
import static io.kvgrid.testkit.Proposals.first;
import static io.kvgrid.testkit.Proposals.member;
import static io.kvgrid.testkit.Proposals.nonce;
import static io.kvgrid.testkit.Proposals.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * Proves that an {@link Arbiter} does what its documentation says, and applies the rules of configurations itself (P1 to
 * P4, P7, P9, P17). Extend it and say how a client is opened. The tests cannot be overridden.
 */
public abstract class ArbiterContract {
    private static final Duration CALL = Duration.ofSeconds(1);

    private final List<Arbiter> opened = new ArrayList<>();

    /**
     * A client of this test's Arbiter, which is empty at the beginning of each test. May be called again in a test, for a
     * further client of the same Arbiter.
     */
    protected abstract Arbiter client() throws Exception;

    /** As {@link #client()}, but a call ends after {@code callLimit} at the latest, if that can be set. */
    protected Arbiter client(Duration callLimit) throws Exception {
        return client();
    }

    /**
     * Ends the Arbiter as {@code kill -9} would, all clients with it, and starts it again.
     *
     * @return whether that can be done
     */
    protected boolean restartArbiter() throws Exception {
        return false;
    }

    /**
     * Cuts all clients off from the Arbiter.
     *
     * @return whether that can be done
     */
    protected boolean cutOff() throws Exception {
        return false;
    }

    /**
     * Ends the one of several voters that leads the others, without a word to them.
     *
     * @return whether that can be done
     */
    protected boolean killLeader() throws Exception {
        return false;
    }

    /**
     * Lets the one of several voters that leads the others stand still until {@link #resumeLeader}: it answers no change.
     *
     * @return whether that can be done
     */
    protected boolean pauseLeader() throws Exception {
        return false;
    }

    /** Lets the one that was paused go on. */
    protected void resumeLeader() throws Exception {}

    /** Whether {@link Arbiter#watch} tells of the last configuration, as long as nothing fails. */
    protected boolean notifies() {
        return false;
    }

    /** How many proposals each run of the comparison with the model makes; fewer for an Arbiter that takes long. */
    protected int randomProposals() {
        return 500;
    }

    @AfterEach
    final void closeClients() {
        opened.forEach(Arbiter::close);
    }

    @Test
    final void emptyBeforeTheFirstConfiguration() throws Exception {
        assertThat(Stages.join(open().read())).isEmpty();
    }

    @Test
    final void firstConfigurationIsSetOnce() throws Exception {
        Arbiter arbiter = open();
        GridConfig first = first(member(A));

        assertThat(cas(arbiter, 0, first)).isEqualTo(new CasResult.Applied(first));

        assertRefused(arbiter, 0, first(member(B)), first); // P9: one lineage
        assertThat(Stages.join(open().read())).contains(first);
    }

    @Test
    final void firstConfigurationHasOneMemberInItsFirstEpoch() throws Exception {
        Arbiter arbiter = open();
        GridConfig first = first(member(A));

        for (GridConfig wrong : List.of(
                first.with(member(B), nonce()),
                first.takenOverBy(run(first.members().get(0)), nonce()),
                first.without(A, nonce()))) {
            assertThat(cas(arbiter, 0, wrong)).isInstanceOf(CasResult.Refused.class);
            assertThat(cas(arbiter, wrong.cv() - 1, wrong)).isInstanceOf(CasResult.Refused.class);
        }

        assertThat(Stages.join(arbiter.read())).isEmpty();
    }

    @Test
    final void readSeesWhatWasSetByAnyClient() throws Exception {
        Arbiter one = open();
        Arbiter other = open();
        GridConfig config = first(member(A));
        apply(one, config);

        for (NodeId node : List.of(B, C)) {
            config = config.with(member(node), nonce());
            apply(one, config);
            assertThat(Stages.join(other.read())).contains(config);
            config = config.without(node, nonce());
            apply(other, config);
            assertThat(Stages.join(one.read())).contains(config);
        }
    }

    @Test
    final void proposalOnAnotherVersionIsRefused() throws Exception {
        Arbiter arbiter = open();
        GridConfig first = first(member(A));
        apply(arbiter, first);
        GridConfig second = first.with(member(B), nonce());
        apply(arbiter, second);
        GridConfig third = second.with(member(C), nonce());

        assertRefused(arbiter, 1, first.with(member(C), nonce()), second); // P1: stale
        assertRefused(arbiter, 0, third, second);
        assertRefused(arbiter, 3, third.without(C, nonce()), second); // from the future
        assertRefused(arbiter, 1, third, second);
        apply(arbiter, third);
    }

    @Test
    final void takeOverIsForMembersOnly() throws Exception {
        Arbiter arbiter = open();
        GridConfig two = first(member(A)).with(member(B), nonce());
        apply(arbiter, first(two));
        apply(arbiter, two);
        Member b = two.member(B).orElseThrow();

        assertRefused(arbiter, 2, two.takenOverBy(member(C), nonce()), two); // P2: outsider
        assertRefused(arbiter, 2, two.takenOverBy(member(B), nonce()), two); // P2, P7: another store
        Member older = new Member(B, b.storeId(), UUID.randomUUID(), b.startCount() - 1, "");
        assertRefused(arbiter, 2, two.takenOverBy(older, nonce()), two); // P7: a copy or a restored directory
        apply(arbiter, two.takenOverBy(run(b), nonce()));
    }

    @Test
    final void setNeverShrinksBelowMinInSync() throws Exception {
        Arbiter arbiter = open();
        GridConfig config = first(member(A));
        apply(arbiter, config);
        for (NodeId node : List.of(B, C)) {
            config = config.with(member(node), nonce());
            apply(arbiter, config);
        }
        assertThat(config.minInSync()).as("from three members on (P17)").isEqualTo(2);
        config = config.without(C, nonce());
        apply(arbiter, config);

        assertRefused(arbiter, config.cv(), config.without(B, nonce()), config);
    }

    @Test
    final void repeatedProposalIsAppliedOnceAndSaysWhose() throws Exception {
        Arbiter arbiter = open();
        GridConfig first = first(member(A));
        apply(arbiter, first);

        cas(arbiter, 0, first); // P4: sent again after an answer was lost
        assertThat(Stages.join(arbiter.read()).map(GridConfig::nonce)).contains(first.nonce());

        apply(arbiter, first.with(member(B), nonce()));
        assertThat(cas(arbiter, 0, first)).isInstanceOf(CasResult.Refused.class);
    }

    /** P4: a change whose answer is lost is settled by reading and by sending it again, and is made once. */
    @Test
    final void lostAnswersAreSettledByReadingAndRepeating() throws Exception {
        LossyArbiter lossy = new LossyArbiter(open(), 4);
        Arbiter other = open();
        GridConfig config = first(member(A));
        for (int i = 0; i < 30; i++) {
            assertThat(CallsWithoutLeader.settle(lossy, config))
                    .as("cv %s is this proposal's", config.cv())
                    .isTrue();
            assertThat(Stages.join(other.read())).contains(config);
            config = config.with(member(i % 2 == 0 ? B : C), nonce());
        }

        assertThat(lossy.lost()).isPositive();
    }

    @Test
    final void oneOfManyConcurrentProposalsWins() throws Exception {
        int callers = 4;
        List<Arbiter> clients = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            clients.add(open());
        }
        GridConfig current = first(member(A));
        apply(clients.get(0), current);
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            for (int round = 0; round < 15; round++) {
                GridConfig base = current;
                List<Future<CasResult>> results = new ArrayList<>();
                for (Arbiter client : clients) {
                    results.add(threads.submit(() -> cas(client, base.cv(), base.with(member(B), nonce()))));
                }
                List<GridConfig> applied = new ArrayList<>();
                for (Future<CasResult> result : results) {
                    if (result.get() instanceof CasResult.Applied winner) {
                        applied.add(winner.config());
                    }
                }
                assertThat(applied).as("winners on cv %s", base.cv()).hasSize(1);
                current = applied.get(0);
                assertThat(Stages.join(clients.get(round % callers).read())).contains(current);
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    final void watchersSeeWhatWasSetInOrder() throws Exception {
        Arbiter arbiter = open();
        List<GridConfig> seen = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<GridConfig> last = new CompletableFuture<>();
        arbiter.watch(told -> {
            seen.add(told);
            if (told.cv() == 20) {
                last.complete(told);
            }
        });
        Map<Long, GridConfig> set = new HashMap<>();
        GridConfig config = first(member(A));
        for (int i = 0; i < 20; i++) {
            cas(arbiter, config.cv(), config.with(member(B), nonce())); // refused: the wrong version
            apply(arbiter, config);
            set.put(config.cv(), config);
            config = config.with(member(B), nonce());
        }
        if (notifies()) {
            assertThat(Stages.join(last)).isEqualTo(set.get(20L));
        } else {
            Capability.report("PARTLY", getClass(), "watchersSeeWhatWasSetInOrder", "that it tells watchers");
        }

        List<GridConfig> copy = List.copyOf(seen);
        assertThat(copy).extracting(GridConfig::cv).isSorted().doesNotHaveDuplicates();
        assertThat(copy).allSatisfy(c -> assertThat(c).isEqualTo(set.get(c.cv())));
    }

    /** P3: the rules are applied by the Arbiter itself. */
    @RepeatedTest(5)
    final void randomProposalsAreJudgedAsTheModelJudges(RepetitionInfo repetition) throws Exception {
        Arbiter arbiter = open();
        RandomProposals proposals = new RandomProposals(repetition.getCurrentRepetition());
        GridConfig current = null;
        for (int i = 0; i < randomProposals(); i++) {
            GridConfig next = proposals.next(current);
            CasResult result = cas(arbiter, current == null ? 0 : current.cv(), next);

            assertThat(result instanceof CasResult.Applied)
                    .as("proposal %s: %s on %s gives %s", i, next, current, result)
                    .isEqualTo(ConfigModel.allows(current, next));
            if (result instanceof CasResult.Refused refused) {
                assertThat(refused.current()).isEqualTo(Optional.ofNullable(current));
                assertThat(refused.reason()).isNotBlank();
            } else {
                current = next;
            }
            assertThat(Stages.join(arbiter.read())).isEqualTo(Optional.ofNullable(current));
        }
    }

    @Test
    final void configurationSurvivesTheArbitersEnd() throws Exception {
        Arbiter arbiter = open();
        GridConfig config = first(member(A));
        apply(arbiter, config);
        config = config.with(member(B), nonce());
        apply(arbiter, config);

        Capability.needs(
                getClass(), "configurationSurvivesTheArbitersEnd", restartArbiter(), "an Arbiter that restarts");

        Arbiter again = open();
        assertThat(Stages.join(again.read())).contains(config);
        assertRefused(again, 0, first(member(C)), config); // P8, P9
        apply(again, config.without(B, nonce()));
    }

    @Test
    final void unreachableArbiterIsSaidToBeUnavailable() throws Exception {
        GridConfig first = first(member(A));
        apply(open(), first);
        Arbiter arbiter = opened(client(CALL));

        Capability.needs(getClass(), "unreachableArbiterIsSaidToBeUnavailable", cutOff(), "a way to cut clients off");

        CompletionStage<?> read = arbiter.read();
        CompletionStage<?> change = arbiter.compareAndSet(1, first.with(member(B), nonce()));
        assertThat(Stages.failureOf(read)).isInstanceOf(ArbiterUnavailableException.class);
        assertThat(Stages.failureOf(change)).isInstanceOf(ArbiterUnavailableException.class);
    }

    /** P4 */
    @Test
    final void callsEndInTimeWhenTheLeaderIsKilled() throws Exception {
        Arbiter arbiter = open();
        CallsWithoutLeader calls = callsOn(arbiter);

        Capability.needs(getClass(), "callsEndInTimeWhenTheLeaderIsKilled", killLeader(), "a leader that is killed");

        calls.make(opened(client(CALL)), CALL);
        calls.assertTrueOf(arbiter);
    }

    /** P4 */
    @Test
    final void callsEndInTimeWhileTheLeaderStandsStill() throws Exception {
        Arbiter arbiter = open();
        CallsWithoutLeader calls = callsOn(arbiter);

        Capability.needs(
                getClass(), "callsEndInTimeWhileTheLeaderStandsStill", pauseLeader(), "a leader that is paused");

        try {
            calls.make(opened(client(CALL)), CALL);
        } finally {
            resumeLeader();
        }
        calls.assertTrueOf(arbiter);
    }

    /** Two proposals that exclude each other, on a first configuration that is set. */
    private static CallsWithoutLeader callsOn(Arbiter arbiter) {
        GridConfig first = first(member(A));
        apply(arbiter, first);
        return new CallsWithoutLeader(first, first.with(member(B), nonce()), first.with(member(C), nonce()));
    }

    private Arbiter open() throws Exception {
        return opened(client());
    }

    private Arbiter opened(Arbiter client) {
        opened.add(client);
        return client;
    }
}
