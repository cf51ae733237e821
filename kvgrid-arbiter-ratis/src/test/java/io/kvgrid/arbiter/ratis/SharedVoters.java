package io.kvgrid.arbiter.ratis;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.server.RaftServer;

/**
 * Three voters that serve one grid after the other: to start and to end voters takes seconds, a new grid on running ones
 * takes milliseconds.
 */
final class SharedVoters implements AutoCloseable {
    private static final Duration CLOSE_THRESHOLD = Duration.ofMinutes(1);

    private final List<String> addresses = Voters.freeAddresses(3);
    private final List<VoterServer> servers = new ArrayList<>();
    private final List<Watchers> watchers = new ArrayList<>(List.of(new Watchers(), new Watchers(), new Watchers()));
    private RaftGroup group = VoterGroup.of("grid-0", addresses);
    private int grids;

    SharedVoters(Path root) throws IOException {
        RatisRuntime.prepare();
        for (int i = 0; i < addresses.size(); i++) {
            int voter = i;
            String address = addresses.get(i);
            int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
            servers.add(VoterServer.start(
                    address,
                    "127.0.0.1",
                    group,
                    RaftSettings.voter(root.resolve("voter-" + i), "127.0.0.1", port, CLOSE_THRESHOLD),
                    () -> new ConfigStateMachine(watchers.get(voter)::tell)));
        }
    }

    /** Begins an empty Arbiter; the one before goes on without anyone. */
    void beginGrid() throws IOException {
        group = VoterGroup.of("grid-" + ++grids, addresses);
        for (int i = 0; i < servers.size(); i++) {
            watchers.set(i, new Watchers());
            RaftServer server = Objects.requireNonNull(servers.get(i).running());
            server.groupManagement(
                    GroupManagementRequest.newAdd(ClientId.randomId(), server.getId(), grids, group, true));
        }
    }

    /** A client in the process of that voter. */
    RatisArbiter client(int voter) {
        return new RatisArbiter(new VoterCalls(group, Duration.ofSeconds(5).toNanos()), watchers.get(voter), null);
    }

    @Override
    public void close() {
        servers.parallelStream().forEach(VoterServer::close);
    }
}
