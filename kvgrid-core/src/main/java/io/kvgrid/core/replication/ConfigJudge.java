package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.RecordId;
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
    private final ReplicaMeta meta;
    /** Whether this run began with a log. What it wrote later says nothing about an answer that was asked for before. */
    private final boolean hadData;

    private final RecordId dataEnd;

    /** The lineages that connected peers know. */
    private final TreeMap<NodeId, UUID> lineages = new TreeMap<>();

    /** @param meta which store this is, in which of its runs */
    ConfigJudge(ReplicaContext context, ReplicaMeta meta) {
        this.context = context;
        this.meta = meta;
        dataEnd = context.state.last();
        hadData = dataEnd.lsn() > 0;
    }

    void onPeerConnected(NodeId peer, UUID lineageId) {
        lineages.put(peer, lineageId);
    }

    void onPeerDisconnected(NodeId peer) {
        lineages.remove(peer);
    }

    /**
     * {@code config} is said to be set (P8, P9).
     *
     * @param newest the newest configuration this node knows; null for none
     */
    @Nullable
    String ofLineage(GridConfig config, @Nullable GridConfig newest) {
        if (isBegunByThisStore(config)
                || (newest == null ? !hadData : newest.lineageId().equals(config.lineageId()))) {
            return null;
        }
        return newest == null
                ? "this node's data was restored from a backup, and the grid goes on with its own: give this node an empty"
                        + " directory to join it (P9, S28)"
                : "this node's data belongs to lineage " + newest.lineageId() + " and the Arbiter holds "
                        + config.lineageId()
                        + ": it is another grid's Arbiter, it was reset, or the grid was begun anew from"
                        + " another node's data; in the last case give this node an empty directory (P8)";
    }

    /** Whether this very store began that lineage, by force if it had data, and nobody has changed it since. */
    boolean isBegunByThisStore(GridConfig config) {
        return config.cv() == 1
                && config.member(context.self.nodeId())
                        .map(member -> member.storeId().equals(context.self.storeId()))
                        .orElse(false);
    }

    /**
     * The Arbiter holds {@code read} (P8).
     *
     * @param knownCv the newest cv this node knew when it asked
     * @param newest the newest configuration this node knows
     */
    @Nullable
    String ofArbiter(GridConfig read, long knownCv, @Nullable GridConfig newest) {
        String objection = ofLineage(read, newest);
        if (objection != null) {
            return objection;
        }
        return read.cv() >= knownCv
                        || (newest != null && !newest.lineageId().equals(read.lineageId())) // begun anew by this store
                ? null
                : "the Arbiter holds configuration " + read.cv() + ", and this node has followed " + knownCv
                        + ": the Arbiter's data was rolled back (P8)";
    }

    /** The Arbiter was empty when it answered; {@code knownCv} as above. */
    @Nullable
    String ofEmptyArbiter(long knownCv) {
        if (isForced() || (knownCv == 0 && !hadData)) {
            return null;
        }
        return "the Arbiter is empty, but this node has data, up to epoch " + dataEnd.epoch() + ", lsn " + dataEnd.lsn()
                + ": the Arbiter's data was lost, or this node was pointed at another one (P8, P9). Bring the Arbiter's data"
                + " back. Only if all nodes with newer data are lost for good: start this one with forceNewLineage("
                + dataEnd.lsn() + "), and the others with empty directories";
    }

    /** An operator wants a new lineage made of the very data that this run began with, and none has been followed yet (P9). */
    boolean isForced() {
        return hadData && context.config() == null && context.settings.forcedLsn() == dataEnd.lsn();
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
                && meta.isRestoredFromBefore(recorded.get())) {
            return "this node's directory has been started " + context.self.startCount()
                    + " times, and the grid has seen a start of the number "
                    + recorded.get().startCount()
                    + " that it does not know of: it is a copy, was restored, or another process uses the same node id; give this node an"
                    + " empty directory (P7)";
        }
        return null;
    }

    /** Whether S names this very directory, in this run or an earlier one (P2, P7). */
    boolean mayTakeOver(GridConfig config) {
        return context.rules.mayTakeOver(config.member(context.self.nodeId()).orElse(null), context.self);
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
