package io.kvgrid.arbiter.ratis;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A voter whose log ends before the others' begins gets the state itself. Logs are short here, so that this is soon so. */
@Timeout(120)
class SnapshotInstallTest {
    private static final String GRID = "orders";
    private static final long MAX_CHANGES = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path root;

    private final List<String> addresses = addresses();
    private final List<String> voters = addresses.subList(0, 3);
    private final String newcomer = addresses.get(3);
    private final Map<String, VoterServer> running = new TreeMap<>();
    /** The cv of each configuration that the voter that was started last has told its watchers. */
    private Queue<Long> heard = new ConcurrentLinkedQueue<>();

    private final VoterClient client = new VoterClient(VoterGroup.of(GRID, voters));
    private final VoterAdmin admin = new VoterAdmin(client, VoterGroup.id(GRID));
    private final RatisArbiter arbiter =
            new RatisArbiter(new VoterCalls(client, Duration.ofSeconds(5).toNanos()), new Watchers(), admin, null);

    private static List<String> addresses() {
        RatisRuntime.prepare();
        try {
            return Voters.freeAddresses(4);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() {
        arbiter.close();
        running.values().parallelStream().forEach(VoterServer::close);
    }

    @Test
    void voterThatMissedWhatTheOthersHaveDropped() throws Exception {
        voters.forEach(this::startFounder);
        String away = voters.get(2);
        GridConfig before = set(Configs.first());
        stop(away);
        GridConfig last = changedUntilDropped(before, voters.get(0), voters.get(1));

        startFounder(away);

        hearsOnlyTheEnd(last);
        stop(voters.get(0)); // the majority needs the one that was away
        assertThat(Voters.read(arbiter)).contains(last);
        set(Configs.after(last));
    }

    @Test
    void newVoter() throws Exception {
        voters.forEach(this::startFounder);
        GridConfig last = changedUntilDropped(set(Configs.first()), voters.toArray(String[]::new));

        start(newcomer, VoterGroup.of(GRID, List.of()));
        List<String> after = new ArrayList<>(addresses);
        after.remove(voters.get(0));
        Voters.untilAvailable(
                () -> arbiter.changeVoters(after).toCompletableFuture().join());

        hearsOnlyTheEnd(last);
        stop(voters.get(0));
        stop(voters.get(1)); // the majority needs the new one
        assertThat(Voters.read(arbiter)).contains(last);
        set(Configs.after(last));
    }

    private void startFounder(String address) {
        start(address, VoterGroup.of(GRID, voters));
    }

    private void start(String address, RaftGroup group) {
        VoterSettings settings = new VoterSettings(
                GRID, address, addresses, "127.0.0.1", root.resolve(address.replace(':', '_')), Duration.ofMinutes(1));
        RaftProperties properties = RaftSettings.voter(settings);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("8KB"));
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, 20);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, TimeDuration.valueOf(100, MILLISECONDS));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, TimeDuration.valueOf(400, MILLISECONDS));
        Queue<Long> hears = new ConcurrentLinkedQueue<>();
        heard = hears;
        running.put(
                address,
                VoterServer.start(
                        settings, properties, group, () -> new ConfigStateMachine(config -> hears.add(config.cv()))));
    }

    private void stop(String address) {
        Objects.requireNonNull(running.remove(address)).close();
    }

    private GridConfig set(GridConfig config) {
        assertThat(Voters.set(arbiter, config)).isEqualTo(new CasResult.Applied(config));
        return config;
    }

    /** Changes the configuration until the logs of all of them begin behind {@code from}. */
    private GridConfig changedUntilDropped(GridConfig from, String... ofVoters) throws IOException {
        GridConfig last = from;
        long first = division(ofVoters[0]).getRaftLog().getNextIndex();
        for (String voter : ofVoters) {
            while (division(voter).getRaftLog().getStartIndex() <= first) {
                last = set(Configs.after(last));
                assertThat(last.cv()).as("changes that are all kept").isLessThan(MAX_CHANGES);
            }
        }
        return last;
    }

    private RaftServer.Division division(String voter) throws IOException {
        return Objects.requireNonNull(running.get(voter)).raft().getDivision(VoterGroup.id(GRID));
    }

    /** The state came as a whole: nobody told of the changes that led to it. */
    private void hearsOnlyTheEnd(GridConfig last) {
        await().atMost(PATIENCE).until(() -> heard.contains(last.cv()));
        assertThat(heard).doesNotContain(last.cv() / 2);
    }
}
