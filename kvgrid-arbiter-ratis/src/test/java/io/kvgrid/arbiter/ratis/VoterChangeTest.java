package io.kvgrid.arbiter.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Voters that come, go, and forget. */
@Timeout(120)
class VoterChangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path root;

    @Test
    void wipedVoterVotesAgainOnlyWithWhatTheOthersKnow() throws Exception {
        try (Voters voters = Voters.start(3, root)) {
            GridConfig first = Configs.first();
            assertThat(Voters.set(voters.any(), first)).isEqualTo(new CasResult.Applied(first));
            String wiped = voters.addresses().get(2);
            voters.wipe(wiped);
            GridConfig second = Configs.after(first);
            assertThat(Voters.set(voters.any(), second)).isEqualTo(new CasResult.Applied(second));

            voters.start(wiped);

            await().atMost(PATIENCE)
                    .until(() -> VoteRecord.read(voters.directory(wiped), "orders", wiped)
                            .filter(vote -> vote.origin() == VoteRecord.Origin.ADDED)
                            .isPresent());
            voters.stop(voters.addresses().get(0));
            assertThat(Voters.read(voters.any())).contains(second); // a majority with the one that was wiped
            GridConfig third = Configs.after(second);
            assertThat(Voters.set(voters.any(), third)).isEqualTo(new CasResult.Applied(third));
        }
    }

    /** P8, P9: with the one that lost its directory, a majority must not begin anew. */
    @Test
    void wipedVoterAndOneThatLagsDoNotForget() throws Exception {
        try (Voters voters = Voters.start(3, root)) {
            GridConfig first = Configs.first();
            Voters.set(voters.any(), first);
            String knows = voters.addresses().get(0);
            String lags = voters.addresses().get(1);
            String wiped = voters.addresses().get(2);
            voters.stop(lags);
            GridConfig second = Configs.after(first);
            assertThat(Voters.set(voters.any(), second)).isEqualTo(new CasResult.Applied(second));
            voters.stop(knows);
            voters.wipe(wiped);

            voters.start(lags);
            voters.start(wiped);

            assertNothingIsForgotten(second, voters.any(), Duration.ofSeconds(6));
            voters.start(knows);
            assertThat(Voters.read(voters.any())).contains(second);
        }
    }

    /** For longer than a vote takes to come about, a read gives {@code last} or nothing. */
    private static void assertNothingIsForgotten(GridConfig last, RatisArbiter arbiter, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            try {
                assertThat(arbiter.read().toCompletableFuture().join()).contains(last);
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(ArbiterUnavailableException.class);
            }
        }
    }

    @Test
    void votersAreReplacedWhileTheyRun() throws Exception {
        try (Voters voters = Voters.start(3, root)) {
            GridConfig first = Configs.first();
            Voters.set(voters.any(), first);
            String removed = voters.addresses().get(0);
            String added = Voters.freeAddresses(1).get(0);
            List<String> after = new ArrayList<>(voters.addresses());
            after.remove(removed);
            after.add(added);
            after.sort(null);
            RatisArbiter newcomer = voters.start(added, after);
            RatisArbiter stays = voters.voter(1);

            Voters.untilAvailable(
                    () -> stays.changeVoters(after).toCompletableFuture().join());

            assertThat(stays.status().toCompletableFuture().join().voters()).isEqualTo(after);
            voters.stop(removed);
            voters.stop(voters.addresses().get(1));
            assertThat(Voters.read(newcomer)).contains(first); // two of three, the new one among them
        }
    }

    @Test
    void twoVotersAreRefusedWithAnExplanation() {
        assertThatThrownBy(() -> RatisArbiter.of("orders", "127.0.0.1:8400", "127.0.0.1:8401"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two voters")
                .hasMessageContaining("GridWitness");
    }

    @Test
    void otherNumbersOfVotersAreRefusedWithAnExplanation() {
        for (int count : List.of(4, 6, 7)) {
            String[] voters = IntStream.range(0, count)
                    .mapToObj(i -> "127.0.0.1:" + (8400 + i))
                    .toArray(String[]::new);

            assertThatThrownBy(() -> RatisArbiter.of("orders", voters))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1, 3 or 5 voters, not " + count);
        }
    }

    /** As docs/operations.md says: one that has given its vote back loses its directory again. */
    @Test
    void voterLostWhileItIsReplacedIsAddedByTheOperator() throws Exception {
        try (Voters voters = Voters.start(3, root)) {
            GridConfig first = Configs.first();
            Voters.set(voters.any(), first);
            String lost = voters.addresses().get(2);
            List<String> left = voters.addresses().subList(0, 2);
            voters.wipe(lost);
            boolean firstLeads =
                    voters.any().status().toCompletableFuture().join().leader().equals(Optional.of(left.get(0)));
            String stops = left.get(firstLeads ? 1 : 0); // without a vote: that takes a second
            RatisArbiter stays = voters.voter(firstLeads ? 0 : 1);
            assertThat(giveBack(lost, voters)).isTrue();
            assertThat(stays.status().toCompletableFuture().join().voters()).isEqualTo(left);
            voters.start(lost);

            Voters.untilAvailable(() ->
                    stays.changeVoters(voters.addresses()).toCompletableFuture().join());

            assertThat(stays.status().toCompletableFuture().join().voters()).isEqualTo(voters.addresses());
            voters.stop(stops);
            assertThat(Voters.read(stays)).contains(first); // two of three, the new one among them
        }
    }

    /** What the voter at {@code address} does before it has a new vote. */
    private boolean giveBack(String address, Voters voters) {
        VoterSettings settings = new VoterSettings(
                "orders", address, voters.addresses(), "127.0.0.1", voters.directory(address), Duration.ofMinutes(1));
        try (VoterClient client = new VoterClient(VoterGroup.of("orders", voters.addresses()))) {
            return new Joining(settings, new VoterAdmin(client, VoterGroup.id("orders"))).giveBack();
        }
    }

    @Test
    void votersNeverBecomeTwo() throws Exception {
        try (Voters voters = Voters.start(1, root)) {
            List<String> two = List.of(voters.addresses().get(0), "127.0.0.1:1");

            assertThatThrownBy(() -> voters.any().changeVoters(two)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
