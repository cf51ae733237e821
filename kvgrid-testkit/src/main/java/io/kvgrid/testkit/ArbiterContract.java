package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * Proves that an {@link Arbiter} does what its documentation says, and applies the rules of configurations itself (P1 to
 * P4, P7, P9, P17). Extend it and say how a client is opened. The tests cannot be overridden.
 */
public abstract class ArbiterContract {
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");
    private static final NodeId C = new NodeId("c");

    private final List<Arbiter> opened = new ArrayList<>();

    /**
     * A client of this test's Arbiter, which is empty at the beginning of each test. May be called again in a test, for a
     * further client of the same Arbiter.
     */
    protected abstract Arbiter client() throws Exception;

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
            assertThat(settle(lossy, config))
                    .as("cv %s is this proposal's", config.cv())
                    .isTrue();
            assertThat(Stages.join(other.read())).contains(config);
            config = config.with(member(i % 2 == 0 ? B : C), nonce());
        }

        assertThat(lossy.lost()).isPositive();
    }

    /** Makes the change as a node has to, until its fate is known; whether it was made. */
    private static boolean settle(Arbiter arbiter, GridConfig proposal) {
        while (true) {
            try {
                CasResult result = arbiter.compareAndSet(proposal.cv() - 1, proposal)
                        .toCompletableFuture()
                        .join();
                return result instanceof CasResult.Applied
                        || ((CasResult.Refused) result).current().equals(Optional.of(proposal)); // an earlier call's
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(ArbiterUnavailableException.class);
            }
            try {
                Optional<GridConfig> now = arbiter.read().toCompletableFuture().join();
                if (now.isPresent() && now.get().cv() >= proposal.cv()) {
                    return now.get().nonce().equals(proposal.nonce());
                }
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(ArbiterUnavailableException.class);
            }
        }
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
        arbiter.watch(seen::add);
        Map<Long, GridConfig> set = new HashMap<>();
        GridConfig config = first(member(A));
        for (int i = 0; i < 20; i++) {
            cas(arbiter, config.cv(), config.with(member(B), nonce())); // refused: the wrong version
            apply(arbiter, config);
            set.put(config.cv(), config);
            config = config.with(member(B), nonce());
        }
        Stages.join(arbiter.read());

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
        Arbiter arbiter = open();
        apply(arbiter, first(member(A)));

        Capability.needs(getClass(), "unreachableArbiterIsSaidToBeUnavailable", cutOff(), "a way to cut clients off");

        assertThat(Stages.failureOf(arbiter.read())).isInstanceOf(ArbiterUnavailableException.class);
        assertThat(Stages.failureOf(arbiter.compareAndSet(1, first(member(A)).with(member(B), nonce()))))
                .isInstanceOf(ArbiterUnavailableException.class);
    }

    private Arbiter open() throws Exception {
        Arbiter client = client();
        opened.add(client);
        return client;
    }

    private static CasResult cas(Arbiter arbiter, long expectedCv, GridConfig proposal) {
        return Stages.join(arbiter.compareAndSet(expectedCv, proposal));
    }

    private static void apply(Arbiter arbiter, GridConfig proposal) {
        assertThat(cas(arbiter, proposal.cv() - 1, proposal)).isEqualTo(new CasResult.Applied(proposal));
    }

    private static void assertRefused(Arbiter arbiter, long expectedCv, GridConfig proposal, GridConfig current) {
        assertThat(cas(arbiter, expectedCv, proposal)).isInstanceOfSatisfying(CasResult.Refused.class, refused -> {
            assertThat(refused.reason()).isNotBlank();
            assertThat(refused.current()).contains(current);
        });
        assertThat(Stages.join(arbiter.read())).contains(current);
    }

    /** The configuration with which {@code later}'s lineage began. */
    private static GridConfig first(GridConfig later) {
        return GridConfig.first(later.lineageId(), later.member(A).orElseThrow(), 0, nonce());
    }

    private static GridConfig first(Member primary) {
        return GridConfig.first(nonce(), primary, 0, nonce());
    }

    /** A member on a store of its own. */
    private static Member member(NodeId node) {
        return new Member(node, nonce(), nonce(), 5, "127.0.0.1:7400");
    }

    /** A later run of the same store. */
    private static Member run(Member member) {
        return new Member(member.nodeId(), member.storeId(), nonce(), member.startCount() + 1, member.address());
    }

    private static UUID nonce() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong());
    }
}
