package io.kvgrid.examples.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.NodeId;
import io.kvgrid.arbiter.ratis.RatisArbiter;
import io.kvgrid.examples.demo.FreePorts;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three voters in processes of their own, which are killed and paused. This JVM asks them and has no vote. Every test leaves
 * all three running.
 */
@Timeout(180)
@DisabledOnOs(OS.WINDOWS)
@TestInstance(Lifecycle.PER_CLASS)
class RatisVotersIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration CALL = Duration.ofSeconds(2);

    private final List<String> addresses = IntStream.of(FreePorts.find(3))
            .mapToObj(port -> "127.0.0.1:" + port)
            .toList();
    private final VoterProcesses processes = new VoterProcesses(addresses);
    private Path home = Path.of("");
    private final RatisArbiter arbiter;
    private GridConfig last;

    RatisVotersIT() {
        arbiter = RatisArbiter.of("g", addresses.toArray(String[]::new))
                .callTimeout(CALL)
                .start();
        Member a = new Member(new NodeId("a"), UUID.randomUUID(), UUID.randomUUID(), 1, "");
        last = GridConfig.first(UUID.randomUUID(), a, 0, UUID.randomUUID());
    }

    @BeforeAll
    void startVoters(@TempDir Path directory) throws Exception {
        home = directory;
        for (String address : addresses) {
            processes.start(address, home);
        }
        await().atMost(PATIENCE).until(() -> set(last));
    }

    @AfterAll
    void end() {
        arbiter.close();
        processes.close();
    }

    /** One attempt to set {@code config}; false if its fate is unknown. */
    private boolean set(GridConfig config) {
        long start = System.nanoTime();
        try {
            CasResult result = arbiter.compareAndSet(config.cv() - 1, config)
                    .toCompletableFuture()
                    .join();
            assertThat(result).isEqualTo(new CasResult.Applied(config));
            return true;
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(ArbiterUnavailableException.class);
            return false;
        } finally {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("a call ends by its deadline")
                    .isLessThan(CALL.plusMillis(1500));
        }
    }

    /** Sets the next configuration, by the same proposal until its fate is known (P4). */
    private void setNext() {
        last = last.reaffirmed(UUID.randomUUID());
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(() -> set(last));
    }

    private Optional<GridConfig> read() {
        return arbiter.read().toCompletableFuture().join();
    }

    private String leader() {
        return await().atMost(PATIENCE)
                .until(() -> arbiter.status().toCompletableFuture().join().leader(), Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void killedLeaderIsReplacedAndReturns() throws Exception {
        List<Long> gaps = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String leader = leader();
            processes.kill(leader);
            long killed = System.nanoTime();
            setNext();
            gaps.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed));
            assertThat(read()).contains(last);
            processes.start(leader, home);
        }
        System.err.println("kill -9 of the leader to the next compare-and-set, ms: " + gaps);

        assertThat(gaps).allMatch(gap -> gap < 10_000);
    }

    /**
     * A leader that was paused must not tell what was true before. Somebody who asks nobody else has a question under way at
     * the moment when it goes on, and has asked before, so that it once had its word confirmed by the others.
     */
    @Test
    void pausedLeaderIsReplacedAndTellsNothingOld() throws Exception {
        AtomicLong floor = new AtomicLong(last.cv());
        AtomicLong stale = new AtomicLong();
        AtomicLong reads = new AtomicLong();
        String leader = leader();
        ScheduledExecutorService readers = Executors.newScheduledThreadPool(2);
        try (RatisArbiter any =
                        RatisArbiter.of("g", addresses.toArray(String[]::new)).start();
                RatisArbiter only = RatisArbiter.of("g", leader).start()) {
            for (RatisArbiter reader : List.of(any, only)) {
                var unused = readers.scheduleWithFixedDelay(
                        () -> readOnce(reader, floor, stale, reads), 0, 5, TimeUnit.MILLISECONDS);
            }
            await().until(() -> reads.get() > 50);
            processes.signal(leader, "STOP");
            long paused = System.nanoTime();
            while (System.nanoTime() - paused < TimeUnit.SECONDS.toNanos(6)) {
                setNext();
                floor.set(last.cv());
            }
            processes.signal(leader, "CONT");
            for (int i = 0; i < 50; i++) {
                setNext();
                floor.set(last.cv());
            }
        } finally {
            readers.shutdownNow();
        }

        assertThat(stale)
                .as("reads of something older than what was set before they began")
                .hasValue(0);
        String other = leader();
        processes.kill(other); // the one that was paused is needed now
        setNext();
        assertThat(read()).contains(last);
        processes.start(other, home);
    }

    private static void readOnce(RatisArbiter reader, AtomicLong floor, AtomicLong stale, AtomicLong reads) {
        long known = floor.get();
        try {
            long cv = reader.read()
                    .toCompletableFuture()
                    .join()
                    .map(GridConfig::cv)
                    .orElse(0L);
            reads.incrementAndGet();
            if (cv < known) {
                stale.incrementAndGet();
            }
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(ArbiterUnavailableException.class);
        }
    }

    @Test
    void withoutMajorityCallsEndInTimeAndWithOneTheyGoOn() throws Exception {
        processes.kill(addresses.get(0));
        processes.signal(addresses.get(1), "STOP");
        GridConfig underWay = last.reaffirmed(UUID.randomUUID());

        assertThat(set(underWay)).isFalse();
        assertThat(arbiter.read()
                        .toCompletableFuture()
                        .handle((config, failure) -> failure)
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ArbiterUnavailableException.class);

        processes.signal(addresses.get(1), "CONT");
        await().atMost(PATIENCE)
                .until(() -> set(underWay)); // P4: the same proposal again, whatever became of the first
        assertThat(read()).contains(underWay);
        last = underWay;
        processes.start(addresses.get(0), home);
    }

    @Test
    void wipedVoterReturnsWithoutForgetting() throws Exception {
        String wiped = leader();
        processes.kill(wiped);
        processes.wipe(wiped, home);
        setNext();

        processes.start(wiped, home);

        await().atMost(PATIENCE).until(() -> processes.votesAgain(wiped, home));
        String other = addresses.stream()
                .filter(address -> !address.equals(wiped))
                .findFirst()
                .orElseThrow();
        processes.kill(other);
        setNext();
        assertThat(read()).contains(last);
        processes.start(other, home);
    }

    @Test
    void allKilledAtOnceForgetNothing() throws Exception {
        setNext();
        for (String address : addresses) {
            processes.kill(address);
        }
        for (String address : addresses) {
            processes.start(address, home);
        }

        await().atMost(PATIENCE)
                .ignoreException(CompletionException.class)
                .until(() -> read().equals(Optional.of(last)));
    }
}
