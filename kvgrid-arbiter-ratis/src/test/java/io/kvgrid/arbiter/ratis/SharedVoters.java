package io.kvgrid.arbiter.ratis;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.TimeDuration;

/**
 * Three voters that serve one grid after the other: to start and to end voters takes seconds, a new grid on running ones
 * takes milliseconds.
 */
final class SharedVoters implements AutoCloseable {
    /** Alone, so that it is elected at once. Clients ask the first voter first, and have to be told. */
    private static final int FIRST_TO_STAND = 2;

    private final List<String> addresses = Voters.freeAddresses(3);
    private final List<VoterServer> servers = new ArrayList<>();
    private final List<Watchers> watchers = new ArrayList<>(List.of(new Watchers(), new Watchers(), new Watchers()));
    /** A voter applies changes only when its one is complete. */
    private final List<CompletableFuture<Boolean>> mayApply =
            new CopyOnWriteArrayList<>(Collections.nCopies(3, CompletableFuture.completedFuture(true)));

    private RaftGroup group = VoterGroup.of("grid-0", addresses);
    private final List<CompletableFuture<Void>> endings = new ArrayList<>();
    private int grids;

    SharedVoters(Path root) throws IOException {
        RatisRuntime.prepare();
        for (int i = 0; i < addresses.size(); i++) {
            int voter = i;
            VoterSettings settings = new VoterSettings(
                    "grid-0",
                    addresses.get(i),
                    addresses,
                    "127.0.0.1",
                    root.resolve("voter-" + i),
                    Duration.ofMinutes(1));
            RaftProperties properties = RaftSettings.voter(settings);
            if (i == FIRST_TO_STAND) {
                RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, TimeDuration.valueOf(50, MILLISECONDS));
                RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
                        properties, TimeDuration.valueOf(100, MILLISECONDS));
            }
            servers.add(VoterServer.start(settings, properties, group, () -> machine(voter)));
        }
    }

    private ConfigStateMachine machine(int voter) {
        Watchers told = watchers.get(voter);
        return new ConfigStateMachine(config -> {
            boolean unused = mayApply.get(voter).join();
            told.tell(config);
        });
    }

    /** Begins an empty Arbiter; the one before goes on without anyone. */
    void beginGrid() throws IOException {
        group = VoterGroup.of("grid-" + ++grids, addresses);
        for (int i = 0; i < servers.size(); i++) {
            watchers.set(i, new Watchers());
            start(i, true);
        }
    }

    private void start(int voter, boolean empty) throws IOException {
        RaftServer server = servers.get(voter).raft();
        server.groupManagement(GroupManagementRequest.newAdd(
                ClientId.randomId(), server.getId(), CallId.getAndIncrement(), group, empty));
    }

    /** Ends that voter of the present grid, without a word to the others, and returns at once; what it has written stays. */
    void end(int voter) {
        RaftServer server = servers.get(voter).raft();
        RaftGroupId present = group.getGroupId();
        endings.add(CompletableFuture.runAsync(() -> remove(server, present)));
        await().until(() ->
                StreamSupport.stream(server.getGroupIds().spliterator(), false).noneMatch(present::equals));
    }

    /** Blocks until it has closed its files, for a second or so. */
    private static void remove(RaftServer server, RaftGroupId grid) {
        try {
            server.groupManagement(GroupManagementRequest.newRemove(
                    ClientId.randomId(), server.getId(), CallId.getAndIncrement(), grid, false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all voters of the present grid, and waits for that. */
    void endAll() {
        IntStream.range(0, servers.size()).forEach(this::end);
        endings.forEach(CompletableFuture::join);
    }

    /** Starts all voters of the present grid again, on what they have written. */
    void startAll() throws IOException {
        for (int i = 0; i < servers.size(); i++) {
            start(i, false);
        }
    }

    /** Which voter of the present grid leads the others. */
    int leader() {
        return await().until(
                        () -> IntStream.range(0, servers.size())
                                .filter(this::leads)
                                .findFirst(),
                        OptionalInt::isPresent)
                .getAsInt();
    }

    private boolean leads(int voter) {
        try {
            RaftServer server = servers.get(voter).raft();
            return server.getDivision(group.getGroupId()).getInfo().isLeader();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on it applies no change, and nothing behind one. */
    void pause(int voter) {
        mayApply.set(voter, new CompletableFuture<>());
    }

    /** Undoes all pauses. */
    void resume() {
        mayApply.forEach(paused -> paused.complete(true));
    }

    /** A client in the process of that voter. */
    RatisArbiter client(int voter, Duration callLimit) {
        VoterClient client = new VoterClient(group);
        return new RatisArbiter(
                new VoterCalls(client, callLimit.toNanos()),
                watchers.get(voter),
                new VoterAdmin(client, group.getGroupId()),
                null);
    }

    @Override
    public void close() {
        endings.forEach(CompletableFuture::join);
        servers.parallelStream().forEach(VoterServer::close);
    }
}
