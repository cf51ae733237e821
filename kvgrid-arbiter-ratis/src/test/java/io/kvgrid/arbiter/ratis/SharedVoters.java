package io.kvgrid.arbiter.ratis;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
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
    private RaftGroup group = VoterGroup.of("grid-0", addresses);
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
            servers.add(VoterServer.start(
                    settings, properties, group, () -> new ConfigStateMachine(watchers.get(voter)::tell)));
        }
    }

    /** Begins an empty Arbiter; the one before goes on without anyone. */
    void beginGrid() throws IOException {
        group = VoterGroup.of("grid-" + ++grids, addresses);
        for (int i = 0; i < servers.size(); i++) {
            watchers.set(i, new Watchers());
            RaftServer server = servers.get(i).raft();
            server.groupManagement(
                    GroupManagementRequest.newAdd(ClientId.randomId(), server.getId(), grids, group, true));
        }
    }

    /** A client in the process of that voter. */
    RatisArbiter client(int voter) {
        VoterClient client = new VoterClient(group);
        return new RatisArbiter(
                new VoterCalls(client, Duration.ofSeconds(5).toNanos()),
                watchers.get(voter),
                new VoterAdmin(client, group.getGroupId()),
                null);
    }

    @Override
    public void close() {
        servers.parallelStream().forEach(VoterServer::close);
    }
}
