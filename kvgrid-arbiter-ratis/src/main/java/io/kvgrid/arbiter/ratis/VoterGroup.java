package io.kvgrid.arbiter.ratis;

import io.kvgrid.HostPort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/** A grid's voters in Ratis' words. A voter's id follows from its address, the group's id from the grid's name. */
final class VoterGroup {
    private static final Set<Integer> COUNTS = Set.of(1, 3, 5);

    private VoterGroup() {}

    /** Differs from that of every other grid, whose voters therefore answer nothing to this one's. */
    static RaftGroupId id(String grid) {
        return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(("kvgrid " + grid).getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether Ratis keeps a log of that grid in {@code directory}. */
    static boolean hasLog(Path directory, String grid) {
        return Files.isDirectory(
                raftDirectory(directory).resolve(id(grid).getUuid().toString()));
    }

    /** Where Ratis keeps the logs of a voter. */
    static Path raftDirectory(Path directory) {
        return directory.resolve("raft");
    }

    static RaftGroup of(String grid, Collection<String> voters) {
        return RaftGroup.valueOf(id(grid), peers(voters));
    }

    static List<RaftPeer> peers(Collection<String> voters) {
        return voters.stream().map(VoterGroup::peer).toList();
    }

    static RaftPeer peer(String address) {
        return RaftPeer.newBuilder().setId(peerId(address)).setAddress(address).build();
    }

    /** Without colons: Ratis makes JMX names of it. */
    static RaftPeerId peerId(String address) {
        return RaftPeerId.valueOf(address.replace(':', '_'));
    }

    /**
     * Addresses in one way of writing, sorted.
     *
     * @throws IllegalArgumentException if there are other than 1, 3 or 5 of them, one is no address, or one stands twice
     */
    static List<String> checked(Collection<String> voters) {
        List<String> addresses = voters.stream()
                .map(address -> HostPort.format(HostPort.parse(address)))
                .sorted()
                .toList();
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("an Arbiter needs voters: 1, 3 or 5");
        }
        if (addresses.stream().distinct().count() != addresses.size()) {
            throw new IllegalArgumentException("a voter stands twice in " + addresses);
        }
        if (addresses.size() == 2) {
            throw new IllegalArgumentException(
                    "two voters, " + addresses + ", are worse than one: both must answer, so that"
                            + " the loss of either stops all changes. Add a third one; a GridWitness has a vote and no data");
        }
        if (!COUNTS.contains(addresses.size())) {
            throw new IllegalArgumentException("an Arbiter has 1, 3 or 5 voters, not " + addresses.size() + ": an even"
                    + " number outlives the loss of no more of them than one less does, and more than 5 only make each"
                    + " change slower");
        }
        return addresses;
    }
}
