package io.kvgrid.transport.netty;

import io.kvgrid.NodeId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The standing connections, at most one to each peer, and the rule by which both nodes of a pair keep the same one.
 *
 * <p>Both nodes may connect at once, and either may have lost a connection that the other still takes for good. So one
 * of them decides: the one with the smaller id. It accepts last, and each of its ACCEPTs carries a ticket higher than all
 * before; the other node follows the highest ticket it has seen, in whatever order its connections are read. With its own
 * ACCEPT, that node names the highest ticket that it has lost, 0 for none: a new connection is taken if it shows that the
 * standing one is gone over there, and is redundant otherwise, so that connecting at once replaces nothing.
 *
 * <p>Changed by the event loop alone; {@link #get} may be called by any thread.
 */
final class PeerTable {
    private record Ended(Candidate who, long ticket) {}

    private final ConcurrentMap<NodeId, PeerConnection> standing = new ConcurrentHashMap<>();
    private final Map<NodeId, Ended> ended = new HashMap<>(); // the last of each peer; event loop only
    private long lastTicket;

    /** The connection to {@code peer} that stands, or null. */
    @Nullable
    PeerConnection get(NodeId peer) {
        return standing.get(peer);
    }

    /** All that stand now; does not change with the table. */
    Collection<PeerConnection> all() {
        return List.copyOf(standing.values());
    }

    /** The highest ticket of a connection with this run of the peer that is over, or 0. */
    long lostTicket(Candidate candidate) {
        Ended last = ended.get(candidate.peer());
        return last != null && last.who().sameRun(candidate) ? last.ticket() : 0;
    }

    /**
     * Whether the deciding node takes {@code candidate}.
     *
     * @param lostByPeer the ticket that the peer named
     */
    boolean decide(Candidate candidate, long lostByPeer) {
        PeerConnection current = standing.get(candidate.peer());
        if (current == null || !current.who().sameRun(candidate)) {
            return current == null || current.who().serial() < candidate.serial();
        }
        return current.ticket() <= lostByPeer;
    }

    /** A ticket above all before. */
    long issueTicket() {
        return ++lastTicket;
    }

    /** Whether the following node takes {@code candidate}, which the deciding node gave {@code ticket}. */
    boolean follow(Candidate candidate, long ticket) {
        PeerConnection current = standing.get(candidate.peer());
        if (current == null || !current.who().sameRun(candidate)) {
            return current == null || current.who().serial() < candidate.serial();
        }
        return current.ticket() < ticket;
    }

    void put(PeerConnection connection) {
        standing.put(connection.peer(), connection);
    }

    void remove(PeerConnection connection) {
        standing.remove(connection.peer(), connection);
        ended.put(connection.peer(), new Ended(connection.who(), connection.ticket()));
    }
}
