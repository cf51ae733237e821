package io.kvgrid;

import io.kvgrid.spi.persistence.RecoveryReport;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A node's picture of its grid at one moment. Immutable.
 *
 * @param self the node whose picture this is
 * @param role what it is
 * @param epoch the present primary's epoch; 0 while unknown
 * @param primary the node that orders writes; empty while unknown
 * @param inSync the nodes that hold every acknowledged write, as this node knows it
 * @param commitLsn the last write that this node knows to be committed
 * @param appliedLsn the last write that reads on this node see
 * @param entries how many entries this node holds, over all maps
 * @param replicas how far each other node is; filled on the primary only
 * @param progress of the recovery or join under way; empty otherwise
 * @param recovery what this node found in its own data when it started; empty until that is done
 * @param digest of the entries of all maps, by which two nodes that show the same LSN can be compared
 * @param leased whether this node answers linearizable reads of its own now: asking no other node, unless the key is just
 *     being written
 */
public record GridView(
        NodeId self,
        Role role,
        long epoch,
        Optional<NodeId> primary,
        SortedSet<NodeId> inSync,
        long commitLsn,
        long appliedLsn,
        long entries,
        List<Replica> replicas,
        Optional<Progress> progress,
        Optional<RecoveryReport> recovery,
        StateDigest digest,
        boolean leased) {

    /**
     * One other node, seen by the primary.
     *
     * @param flushedLsn the last write on its disk
     * @param lag how many writes it is behind the primary's log
     */
    public record Replica(NodeId id, boolean inSync, long flushedLsn, long lag) {}

    /**
     * What a node's entries add up to. Equal states have equal digests, on every node and whatever order they were written in;
     * nodes compare theirs by themselves, and one that differs from its primary stops.
     *
     * @param lsn the last write whose effect is in it
     * @param value all 64 bits of it count
     */
    public record StateDigest(long lsn, long value) {
        /** Of a node that holds nothing. */
        public static final StateDigest EMPTY = new StateDigest(0, 0);
    }

    /**
     * How far a recovery or a join is.
     *
     * @param phase what is under way, for example {@code recovering} or {@code receiving snapshot}
     * @param records entries and records so far
     * @param bytes bytes so far
     * @param estimatedRecords how many there will be; 0 if unknown
     */
    public record Progress(String phase, long records, long bytes, long estimatedRecords) {}
}
