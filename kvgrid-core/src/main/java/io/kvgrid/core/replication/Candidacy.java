package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
import java.util.TreeMap;

/**
 * When this node may propose itself as primary (P13, A5). It promises whoever it takes for the primary not to, for {@code
 * L(1 + rho)} from when it last heard of one; whatever lease or authority it may have given lives no longer.
 */
final class Candidacy {
    private final ReplicaContext context;
    private final long startedNanos;
    /** The latest of: a beacon came, a configuration was followed, this node was primary, the run began. */
    private long heardNanos;

    private boolean heardPrimary;
    private final TreeMap<NodeId, Message.Standing> standings = new TreeMap<>();
    private boolean told;
    private long toldNanos;

    Candidacy(ReplicaContext context) {
        this.context = context;
        startedNanos = context.nowNanos;
        heardNanos = startedNanos;
    }

    /** A primary's beacon has come. */
    void heardPrimary() {
        heardNanos = context.nowNanos;
        heardPrimary = true;
    }

    /** A configuration is followed from now on, or this node is or was primary until now. */
    void heard() {
        heardNanos = context.nowNanos;
    }

    /** Whether this run has met a primary: otherwise all may have restarted, and nobody is hurried (A5). */
    boolean hasMetPrimary() {
        return heardPrimary;
    }

    /** From when a primary that takes over now may commit, and grant leases. */
    long firstCommitNanos() {
        return context.rules.firstCommit(heardNanos, context.settings.promiseNanos());
    }

    /** Whether the promise is over, and it is this node's turn among the members of S. */
    boolean mayTakeOver() {
        GridConfig config = context.requireConfig();
        long from = context.rules.takeOverFrom(heardNanos, startedNanos, context.settings.promiseNanos());
        if (heardPrimary) {
            return context.nowNanos - (from + rank(config) * context.settings.retryNanos()) >= 0;
        }
        return context.nowNanos - from >= 0
                && (isHighest(config) || context.hasPassed(startedNanos, context.settings.startupGraceNanos()));
    }

    /** The others of S take turns, so that one take-over is enough. */
    private int rank(GridConfig config) {
        int rank = 0;
        for (Member member : config.members()) {
            NodeId id = member.nodeId();
            if (id.equals(config.primary())) {
                continue;
            }
            if (id.equals(context.self.nodeId())) {
                return rank;
            }
            rank++;
        }
        return 0; // an earlier run of this node was primary
    }

    /** A5: all of S have said where their logs end, and this one ends highest. */
    private boolean isHighest(GridConfig config) {
        RecordId own = context.state.last();
        for (Member member : config.members()) {
            if (member.nodeId().equals(context.self.nodeId())) {
                continue;
            }
            Message.Standing standing = standings.get(member.nodeId());
            if (standing == null || !standing.self().storeId().equals(member.storeId())) {
                return false;
            }
            int order = compare(standing.last(), own);
            if (order > 0 || (order == 0 && member.nodeId().compareTo(context.self.nodeId()) < 0)) {
                return false;
            }
        }
        return true;
    }

    private static int compare(RecordId a, RecordId b) {
        return a.epoch() != b.epoch() ? Long.compare(a.epoch(), b.epoch()) : Long.compare(a.lsn(), b.lsn());
    }

    // ---- what the others say

    void onStanding(NodeId from, Message.Standing standing) {
        if (standing.self().nodeId().equals(from) && standing.self().bootId().equals(context.connected.get(from))) {
            standings.put(from, standing);
        }
    }

    void onPeerDisconnected(NodeId peer) {
        standings.remove(peer);
    }

    /** Tells the other members where this log ends, as long as no primary is known to live. */
    void tell() {
        GridConfig config = context.config();
        if (config == null || heardPrimary || (told && !context.hasPassed(toldNanos, context.settings.retryNanos()))) {
            return;
        }
        told = true;
        toldNanos = context.nowNanos;
        for (Member member : config.members()) {
            context.send(member.nodeId(), new Message.Standing(context.self, context.state.last()));
        }
    }
}
