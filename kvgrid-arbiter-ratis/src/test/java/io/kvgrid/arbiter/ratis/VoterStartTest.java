package io.kvgrid.arbiter.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvgrid.GridStartException;
import io.kvgrid.PortInUseException;
import io.kvgrid.WrongGridException;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.GridConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a voter refuses, and what it leaves alone. */
@Timeout(60)
class VoterStartTest {
    @TempDir
    Path root;

    private static String freeAddress() throws Exception {
        return Voters.freeAddresses(1).get(0);
    }

    @Test
    void occupiedPortIsATypedErrorAndTheProcessGoesOn() throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertThatThrownBy(() ->
                            RatisArbiter.of("g", address).voter(address, root).start())
                    .isInstanceOf(PortInUseException.class)
                    .hasMessageContaining(address);
        }
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(before);
    }

    @Test
    void directoryBelongsToOneGridAndOneVoter() throws Exception {
        String address = freeAddress();
        new VoteRecord("g", address, VoteRecord.Origin.FOUNDER, List.of(address)).write(root);

        assertThatThrownBy(
                        () -> RatisArbiter.of("h", address).voter(address, root).start())
                .isInstanceOf(WrongGridException.class);
        String other = freeAddress();
        assertThatThrownBy(() -> RatisArbiter.of("g", other).voter(other, root).start())
                .isInstanceOf(GridStartException.class)
                .hasMessageContaining("cannot move");
    }

    @Test
    void unreadableVoteIsRefused() throws Exception {
        String address = freeAddress();
        Files.writeString(root.resolve("vote.txt"), "kvgrid-vote 2\n");

        assertThatThrownBy(
                        () -> RatisArbiter.of("g", address).voter(address, root).start())
                .isInstanceOf(GridStartException.class)
                .hasMessageContaining("vote.txt");
    }

    /** S11 */
    @Test
    void voteIsWrittenOnceItsDirectoryIsForced() throws Exception {
        String address = freeAddress();
        VoteRecord vote = new VoteRecord("g", address, VoteRecord.Origin.FOUNDER, List.of(address));
        List<Optional<VoteRecord>> atForce = new ArrayList<>();

        vote.write(root, directory -> atForce.add(VoteRecord.read(directory, "g", address)));

        assertThat(atForce).containsExactly(Optional.of(vote));
        assertThatThrownBy(() -> vote.write(root, directory -> {
                    throw new IOException("broken");
                }))
                .isInstanceOf(GridStartException.class)
                .hasMessageContaining("broken");
    }

    /** X8 */
    @Test
    void openBindingTakesAWord() throws Exception {
        String address = freeAddress();
        RatisArbiterBuilder open =
                RatisArbiter.of("g", address).voter(address, root).bind("0.0.0.0");

        assertThatThrownBy(open::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("insecure()");
        open.insecure().start().close();
    }

    @Test
    void voterOfAnotherGridDoesNotAnswer() throws Exception {
        String address = freeAddress();
        GridConfig first = Configs.first();
        try (RatisArbiter arbiter =
                        RatisArbiter.of("g", address).voter(address, root).start();
                RatisArbiter stranger = RatisArbiter.of("h", address)
                        .callTimeout(Duration.ofMillis(500))
                        .start()) {
            Voters.set(arbiter, first);

            assertThatThrownBy(() -> stranger.read().toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(ArbiterUnavailableException.class);
        }
    }

    /** X10 */
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void directoryIsItsOwnersOnly() throws Exception {
        String address = freeAddress();
        Path directory = root.resolve("vote");
        try (RatisArbiter arbiter =
                RatisArbiter.of("g", address).voter(address, directory).start()) {
            assertThat(arbiter).isNotNull();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void serverThatHasClosedItselfIsBuiltAnewAndRemembers() throws Exception {
        String address = freeAddress();
        GridConfig first = Configs.first();
        try (RatisArbiter arbiter =
                RatisArbiter.of("g", address).voter(address, root).start()) {
            Voters.set(arbiter, first);

            arbiter.closeServer(); // as Ratis does after a long pause

            await().atMost(Duration.ofSeconds(20)).until(() -> arbiter.rebuilds() == 1);
            assertThat(Voters.read(arbiter)).contains(first);
        }
    }

    @Test
    void callsOfAClosedArbiterFailAtOnce() throws Exception {
        String address = freeAddress();
        RatisArbiter arbiter =
                RatisArbiter.of("g", address).voter(address, root).start();
        arbiter.close();
        long start = System.nanoTime();

        assertThatThrownBy(() -> arbiter.read().toCompletableFuture().join())
                .hasCauseInstanceOf(ArbiterUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
}
