package io.kvgrid.transport.netty;

import io.kvgrid.NodeId;
import java.util.UUID;

/**
 * Whom a connection leads to, as its peer's accepted hello says.
 *
 * @param peer the node
 * @param bootId which run of it
 * @param serial this node's count of connections when this one was established; tells the newer of two runs
 */
record Candidate(NodeId peer, UUID bootId, long serial) {
    boolean sameRun(Candidate other) {
        return peer.equals(other.peer) && bootId.equals(other.bootId);
    }
}
