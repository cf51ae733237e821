package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Two proposals that exclude each other, and reads, made while an Arbiter's leader is gone. Each call ends in time, with an
 * answer or as unknown, and what the answers say is true of the configuration that is there afterwards (P1, P4).
 */
final class CallsWithoutLeader {
    private final GridConfig base;
    private final List<GridConfig> proposals;
    /** What the answers say the next configuration is. */
    private final List<GridConfig> said = new ArrayList<>();

    /** @param base is set; both of the others may follow it */
    CallsWithoutLeader(GridConfig base, GridConfig one, GridConfig other) {
        this.base = base;
        this.proposals = List.of(one, other);
        assertThat(proposals).allMatch(proposal -> ConfigModel.allows(base, proposal));
    }

    /** Makes the calls, all at once, and waits until they have ended; {@code limit} is the one of {@code arbiter}'s calls. */
    void make(Arbiter arbiter, Duration limit) {
        long start = System.nanoTime();
        List<CompletionStage<CasResult>> changes = proposals.stream()
                .map(proposal -> arbiter.compareAndSet(base.cv(), proposal))
                .toList();
        CompletionStage<Optional<GridConfig>> read = arbiter.read();
        for (int i = 0; i < changes.size(); i++) {
            Optional<CasResult> answer = answer(changes.get(i));
            if (answer.isPresent()) {
                said.add(next(answer.get(), proposals.get(i), proposals.get(1 - i)));
            }
        }
        answer(read)
                .map(Optional::orElseThrow)
                .filter(seen -> !seen.equals(base))
                .ifPresent(said::add);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("calls that end after %s", limit)
                .isLessThan(limit.multipliedBy(10)); // of a busy machine
    }

    /** Either may follow the base: one is refused only because the other one does. */
    private static GridConfig next(CasResult answer, GridConfig proposal, GridConfig rival) {
        if (answer instanceof CasResult.Refused refused) {
            assertThat(refused.current()).contains(rival);
            return rival;
        }
        assertThat(answer).isEqualTo(new CasResult.Applied(proposal));
        return proposal;
    }

    /** Empty if it is unknown what became of the call. */
    private static <T> Optional<T> answer(CompletionStage<T> call) {
        return Stages.join(call.handle((value, thrown) -> {
            if (thrown == null) {
                return Optional.of(value);
            }
            assertThat(thrown instanceof CompletionException ? thrown.getCause() : thrown)
                    .isInstanceOf(ArbiterUnavailableException.class);
            return Optional.<T>empty();
        }));
    }

    /** With a leader again: one of the proposals is set, all answers agree with that, and the Arbiter goes on. */
    void assertTrueOf(Arbiter arbiter) {
        GridConfig set = settle(arbiter, proposals.get(0)) ? proposals.get(0) : proposals.get(1);
        GridConfig after = set.reaffirmed(base.nonce());

        assertThat(said).allMatch(set::equals);
        assertThat(Stages.join(arbiter.read())).contains(set);
        assertThat(Stages.join(arbiter.compareAndSet(set.cv(), after))).isEqualTo(new CasResult.Applied(after));
        assertThat(Stages.join(arbiter.read())).contains(after);
    }

    /** Makes the change as a node has to, until its fate is known; whether it was made. */
    static boolean settle(Arbiter arbiter, GridConfig proposal) {
        while (true) {
            Optional<CasResult> result = answer(arbiter.compareAndSet(proposal.cv() - 1, proposal));
            if (result.isPresent()) {
                return result.get() instanceof CasResult.Applied
                        || ((CasResult.Refused) result.get())
                                .current()
                                .equals(Optional.of(proposal)); // an earlier call's
            }
            Optional<GridConfig> now = answer(arbiter.read()).flatMap(read -> read);
            if (now.isPresent() && now.get().cv() >= proposal.cv()) {
                return now.get().nonce().equals(proposal.nonce());
            }
        }
    }
}
