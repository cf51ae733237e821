package io.kvgrid.arbiter.ratis;

import io.kvgrid.arbiter.ratis.VoteRecord.Origin;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a voter without history comes to its vote. Nobody can tell from an empty directory whether the Arbiter begins, or a
 * directory was lost. A voter that has forgotten what it agreed to must not vote: with it, a majority could forget what was
 * decided. So it asks the others first, and if one of them has history it gives its old vote back, by a decision of the
 * others, before it gets a new one as any other newcomer.
 *
 * <p>Used by the voter's own thread only.
 */
final class Joining {
    private static final Logger log = LoggerFactory.getLogger(Joining.class);

    /** How long a majority without history waits for the others, one of which might have some, before it begins without. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final long CHANGE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final VoterSettings settings;
    private final VoterAdmin admin;
    private final long startNanos = System.nanoTime();
    private boolean told;

    Joining(VoterSettings settings, VoterAdmin admin) {
        this.settings = settings;
        this.admin = admin;
    }

    private List<String> others() {
        return settings.voters().stream()
                .filter(address -> !address.equals(settings.voter()))
                .toList();
    }

    /** How this voter, whose directory is empty, goes on; empty if that cannot be said yet. Blocks for a second or so. */
    Optional<VoteRecord> decide() {
        int answered = 0;
        for (String other : others()) {
            Optional<VoterAdmin.Standing> standing = admin.standing(other);
            if (standing.isPresent() && standing.get().hasHistory()) {
                return Optional.of(comesLater(standing.get().voters()));
            }
            answered += standing.isPresent() ? 1 : 0;
        }
        boolean all = answered == others().size();
        boolean majority = 2 * (answered + 1) > settings.voters().size();
        return all || (majority && System.nanoTime() - startNanos > PATIENCE_NANOS)
                ? Optional.of(record(Origin.FOUNDER, settings.voters()))
                : Optional.empty();
    }

    private VoteRecord comesLater(List<String> voters) {
        if (voters.contains(settings.voter())) {
            log.warn(
                    "the voter {} has lost its directory: it gives its vote back and gets a new one, as far as {} agree",
                    settings.voter(),
                    others());
            return record(Origin.RETURNING, List.of());
        }
        log.info("the voter {} is new to {}, and waits until it is added", settings.voter(), voters);
        return record(Origin.ADDED, List.of());
    }

    private VoteRecord record(Origin origin, List<String> founders) {
        return new VoteRecord(settings.grid(), settings.voter(), origin, founders);
    }

    /** One attempt to give the old vote back; whether the others have agreed. */
    boolean giveBack() {
        return attempt(() -> {
            Optional<List<String>> voters = admin.voters(others());
            if (voters.isPresent() && voters.get().contains(settings.voter())) {
                List<String> without = new ArrayList<>(voters.get());
                without.remove(settings.voter());
                admin.change(voters.get(), without, System.nanoTime() + CHANGE_NANOS);
                log.warn(
                        "the Arbiter has {} voters, {}, until {} votes again: the loss of {} of them stops all changes. If"
                                + " {} does not come back, start a voter in its place, or on its address, and call"
                                + " RatisArbiter.changeVoters with it and {}",
                        without.size(),
                        without,
                        settings.voter(),
                        without.size() / 2,
                        settings.voter(),
                        without);
                return true;
            }
            return voters.isPresent();
        });
    }

    /** One attempt to get a new vote, with Ratis' server running; whether the others have agreed. */
    boolean getBack() {
        return attempt(() -> {
            Optional<List<String>> voters = admin.voters(others());
            if (voters.isPresent() && !voters.get().contains(settings.voter())) {
                List<String> with = new ArrayList<>(voters.get());
                with.add(settings.voter());
                admin.change(voters.get(), with, System.nanoTime() + CHANGE_NANOS);
                log.warn("the voter {} votes again", settings.voter());
                return true;
            }
            return voters.isPresent();
        });
    }

    private interface Attempt {
        boolean make();
    }

    private boolean attempt(Attempt attempt) {
        try {
            return attempt.make();
        } catch (ArbiterUnavailableException e) {
            if (!told) {
                told = true;
                log.warn("the voter {} gets no vote yet, and tries on: {}", settings.voter(), e.toString());
            }
            return false;
        }
    }
}
