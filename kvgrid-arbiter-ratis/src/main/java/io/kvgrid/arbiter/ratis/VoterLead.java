package io.kvgrid.arbiter.ratis;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes a voter's lead on before it ends. The others would have to miss it first, which takes them up to two election
 * timeouts, and in that time the Arbiter answers nobody: also not the primary that has to remove the very node that was closed
 * before it can acknowledge another write.
 */
final class VoterLead {
    private static final Logger log = LoggerFactory.getLogger(VoterLead.class);
    /** For each of the others. A transfer takes a few messages and forces. */
    private static final long TRANSFER_MILLIS = 500;

    private VoterLead() {}

    /** Blocks until another voter leads, or none could be reached, half a second for each. */
    static void pass(RaftServer.Division division) {
        for (RaftPeerId other : mostRecentlyHeard(division)) {
            if (!division.getInfo().isLeader()) {
                return;
            }
            try {
                var unused = division.getRaftServer()
                        .transferLeadership(new TransferLeadershipRequest(
                                ClientId.randomId(),
                                division.getId(),
                                division.getGroup().getGroupId(),
                                CallId.getAndIncrement(),
                                other,
                                TRANSFER_MILLIS));
            } catch (IOException e) {
                log.debug("{} does not take the lead", other, e);
            }
        }
    }

    /** The other voters, if this one leads them. */
    private static List<RaftPeerId> mostRecentlyHeard(RaftServer.Division division) {
        return division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
                .sorted(Comparator.comparingLong(ServerRpcProto::getLastRpcElapsedTimeMs))
                .map(follower -> RaftPeerId.valueOf(follower.getId().getId()))
                .toList();
    }
}
