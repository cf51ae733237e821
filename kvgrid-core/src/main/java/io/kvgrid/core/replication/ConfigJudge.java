package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether what the Arbiter says fits this node: its data, its settings, and what its peers know. Each method returns
 * why this node has to stop, for its operator; null if it need not.
 */
final class ConfigJudge {
    private final ReplicaContext context;
    /** Whether this run began with a log. What it wrote later says nothing about an answer that was asked for before. */
    private final boolean hadData;

    /** The lineages that connected peers know. */
    private final TreeMap<NodeId, UUID> lineages = new TreeMap<>();

    ConfigJudge(ReplicaContext context) {
        this.context = context;
        hadData = context.state.last().lsn() > 0;
    }

    void onPeerConnected(NodeId peer, UUID lineageId) {
        lineages.put(peer, lineageId);
    }

    void onPeerDisconnected(NodeId peer) {
        lineages.remove(peer);
    }

    /**
     * The Arbiter holds {@code read} (P8).
     *
     * @param knownCv the newest cv this node knew when it asked
     * @param newest the newest configuration this node knows
     */
    @Nullable
    String ofArbiter(GridConfig read, long knownCv, @Nullable GridConfig newest) {
        if (newest != null && !newest.lineageId().equals(read.lineageId())) {
            return "this node's data belongs to lineage " + newest.lineageId() + " and the Arbiter holds "
                    + read.lineageId() + ": it is another grid's Arbiter, or it was reset (P8)";
        }
        return read.cv() >= knownCv
                ? null
                : "the Arbiter holds configuration " + read.cv() + ", and this node has followed " + knownCv
                        + ": the Arbiter's data was rolled back (P8)";
    }

    /** The Arbiter was empty when it answered; {@code knownCv} as above. */
    @Nullable
    String ofEmptyArbiter(long knownCv) {
        return knownCv == 0 && !hadData
                ? null
                : "the Arbiter is empty, but this node has data: the Arbiter's data was lost, or this node was"
                        + " pointed at another one (P8, P9)";
    }

    /** This node may create the grid, if no peer that can be reached knows it. */
    @Nullable
    String ofBootstrap() {
        for (Map.Entry<NodeId, UUID> peer : lineages.entrySet()) {
            if (!peer.getValue().equals(Envelope.NO_ID)) {
                return "the Arbiter is empty, but node " + peer.getKey() + " knows lineage " + peer.getValue()
                        + " of this grid: the Arbiter's data was lost (P9)";
            }
        }
        return null;
    }

    /** {@code config} is the next one to follow. */
    @Nullable
    String ofNext(GridConfig config) {
        int wanted = context.settings.minInSync();
        boolean willBecomeTwo = !config.minInSyncFixed() && config.minInSync() == 1;
        if (wanted != 0 && (wanted != config.minInSync() || willBecomeTwo)) {
            return "this node was set to minInSync " + wanted + ", and the grid's is " + config.minInSync()
                    + (willBecomeTwo ? ", and 2 from the third node on, since it was created without that setting" : "")
                    + " (P17)";
        }
        Optional<Member> recorded = config.member(context.self.nodeId());
        if (recorded.isPresent()
                && recorded.get().storeId().equals(context.self.storeId())
                && !recorded.get().bootId().equals(context.self.bootId())
                && recorded.get().startCount() >= context.self.startCount()) {
            return "this node's directory has been started " + context.self.startCount()
                    + " times, and the grid has seen it start " + recorded.get().startCount()
                    + " times: it is a copy, was restored, or another process uses the same node id; give this node an"
                    + " empty directory (P7)";
        }
        return null;
    }

    /** Whether S names this very directory, in this run or an earlier one (P2, P7). */
    boolean mayTakeOver(GridConfig config) {
        Optional<Member> recorded = config.member(context.self.nodeId());
        return recorded.isPresent()
                && (recorded.get().equals(context.self) || recorded.get().isRenewedBy(context.self));
    }

    /** Nobody but this node can lead by {@code config}. */
    @Nullable
    String ofTakeOver(GridConfig config) {
        return config.members().size() > 1 || !config.contains(context.self.nodeId()) || mayTakeOver(config)
                ? null
                : "this node is the grid's only member, and its data directory is not the one it had (P2): bring the"
                        + " directory back";
    }
}
