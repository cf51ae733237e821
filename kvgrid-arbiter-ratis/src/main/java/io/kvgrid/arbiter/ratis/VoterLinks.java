package io.kvgrid.arbiter.ratis;

import java.io.IOException;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/**
 * Renews a voter's connections to the others while it knows no leader. Ratis asks for votes over channels of gRPC that it
 * leaves alone, and such a channel waits after each failure to connect longer than before, up to two minutes; a vote that is
 * asked for meanwhile fails at once. A voter that has come back would not be asked for that long. If it lags behind,
 * nobody votes for it either, and there is no leader until then. Likewise a packet that went into a split is sent again later
 * and later, on the old connection only.
 *
 * <p>Votes under way end on the old connection. Used by the voter's own thread only, which it does not block.
 */
final class VoterLinks {
    /** A round of votes takes as long, or twice as long. */
    private static final int LOOKS_TO_WAIT = 3;

    private final RaftServer.Division division;
    private final String voter;
    private int looks;
    private @Nullable Thread renewing;

    VoterLinks(RaftServer.Division division, String voter) {
        this.division = division;
        this.voter = voter;
    }

    /** To be called several times a second. */
    void look() {
        DivisionInfo info = division.getInfo();
        if (info.getLeaderId() != null) {
            looks = 0;
        } else if (++looks >= LOOKS_TO_WAIT && (renewing == null || !renewing.isAlive())) {
            looks = 0;
            Thread thread = new Thread(this::renew, "kvgrid-voter-links-" + voter);
            thread.setDaemon(true);
            thread.start();
            renewing = thread;
        }
    }

    /** Blocks while votes are under way. */
    private void renew() {
        IOException why = new IOException("no leader");
        for (RaftPeer peer : division.getRaftConf().getAllPeers()) {
            if (!peer.getId().equals(division.getId())) {
                division.getRaftServer().getServerRpc().handleException(peer.getId(), why, true);
            }
        }
    }
}
