package io.kvgrid.arbiter.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VoterLeadTest {
    private static final String GRID = "orders";

    @TempDir
    Path root;

    private final List<VoterServer> servers = new ArrayList<>();
    private final List<RaftServer.Division> divisions = new ArrayList<>();

    @AfterEach
    void closeAll() {
        servers.parallelStream().forEach(VoterServer::close);
    }

    /** All of them run on, and hear the leader: none would stand by itself. */
    @Test
    void leadIsPassedToOneOfTheOthers() throws Exception {
        startThree();
        RaftServer.Division first = awaitLeader();
        long term = first.getInfo().getCurrentTerm();

        VoterLead.pass(first);

        RaftServer.Division next = awaitLeader();
        assertThat(next.getId()).isNotEqualTo(first.getId());
        assertThat(next.getInfo().getCurrentTerm()).isGreaterThan(term);
    }

    @Test
    void oneThatDoesNotLeadPassesNothing() throws Exception {
        startThree();
        RaftServer.Division leader = awaitLeader();

        for (RaftServer.Division division : divisions) {
            if (division != leader) {
                VoterLead.pass(division);
            }
        }

        assertThat(awaitLeader()).isSameAs(leader);
    }

    private void startThree() throws IOException {
        List<String> addresses = Voters.freeAddresses(3);
        for (String address : addresses) {
            VoterSettings settings = new VoterSettings(
                    GRID,
                    address,
                    addresses,
                    "127.0.0.1",
                    root.resolve(address.replace(':', '_')),
                    Duration.ofSeconds(60));
            VoterServer server = VoterServer.start(
                    settings,
                    RaftSettings.voter(settings),
                    VoterGroup.of(GRID, addresses),
                    () -> new ConfigStateMachine(config -> {}));
            servers.add(server);
            divisions.add(server.raft().getDivision(VoterGroup.id(GRID)));
        }
    }

    private RaftServer.Division awaitLeader() {
        while (true) {
            Optional<RaftServer.Division> leader = divisions.stream()
                    .filter(division -> division.getInfo().isLeaderReady())
                    .findFirst();
            if (leader.isPresent()) {
                return leader.get();
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
