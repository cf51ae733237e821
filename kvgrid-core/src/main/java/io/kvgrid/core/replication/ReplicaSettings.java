package io.kvgrid.core.replication;

/**
 * Bounds and times of the protocol.
 *
 * @param leaseNanos L: how long authority lasts after the beacon that was echoed was sent
 * @param clockError rho: assumed bound on the error of a clock's rate, for example 0.01
 * @param startupGraceNanos after a restart in which no primary lived, nobody is removed for silence (A5)
 * @param maxUncommittedBytes records on their way before further writes are refused
 * @param maxInFlightBytes sent to one peer and not acknowledged
 * @param maxBatchBytes of one append or snapshot message
 * @param retainedBytes of the log's end, kept in memory for peers that come back
 * @param pinnedBytes the most of committed records that is kept in memory while a joiner needs it, where the log on disk
 *     cannot be read back; it starts again beyond. At least {@code retainedBytes}
 * @param joinLagRecords how far behind the log's end a joiner may be when it is added (P35); a node that has missed no
 *     more than that is never sent the whole state for having missed too much
 * @param snapshotWindow chunks under way to one joiner
 * @param minInSync what the node was told; 0 if nothing
 * @param leasedReads whether linearizable reads may be answered by a lease; otherwise each is confirmed
 * @param bootstrap whether this node may create the grid
 * @param bootstrapDelayNanos how long configured peers have to be reached before it does (P9)
 * @param forcedLsn the LSN at which this node's data ends if an operator wants a new lineage made of it; {@link #NOT_FORCED}
 */
public record ReplicaSettings(
        long leaseNanos,
        double clockError,
        long startupGraceNanos,
        long maxUncommittedBytes,
        long maxInFlightBytes,
        int maxBatchBytes,
        long retainedBytes,
        long pinnedBytes,
        long joinLagRecords,
        int snapshotWindow,
        int minInSync,
        boolean leasedReads,
        boolean bootstrap,
        long bootstrapDelayNanos,
        long forcedLsn) {
    /** A node with data waits for the Arbiter that it knows. */
    public static final long NOT_FORCED = -1;

    public ReplicaSettings {
        if (pinnedBytes < retainedBytes) { // what stays after a joiner was given up would make the next one start again
            throw new IllegalArgumentException(
                    "pinnedBytes is " + pinnedBytes + ", less than retainedBytes, which is " + retainedBytes);
        }
    }

    /** The defaults for a lease of that length. */
    public static ReplicaSettings of(
            long leaseNanos, int minInSync, boolean leasedReads, boolean bootstrap, boolean hasPeers) {
        return new ReplicaSettings(
                leaseNanos,
                0.01,
                10_000_000_000L,
                64L << 20,
                8L << 20,
                256 << 10,
                16L << 20,
                128L << 20,
                10_000,
                8,
                minInSync,
                leasedReads,
                bootstrap,
                hasPeers ? 500_000_000L : 0,
                NOT_FORCED);
    }

    /** The same for a node that makes a new lineage of its data, which must end at {@code lsn} (P9). */
    public ReplicaSettings forcedAt(long lsn) {
        return new ReplicaSettings(
                leaseNanos,
                clockError,
                startupGraceNanos,
                maxUncommittedBytes,
                maxInFlightBytes,
                maxBatchBytes,
                retainedBytes,
                pinnedBytes,
                joinLagRecords,
                snapshotWindow,
                minInSync,
                leasedReads,
                bootstrap,
                bootstrapDelayNanos,
                lsn);
    }

    /** How long authority lasts after the echoed beacon was sent (P13). */
    long authorityNanos() {
        return (long) (leaseNanos * (1 - clockError));
    }

    /** How long a lease or an authority may be alive after it was last given, by any clock (P13). */
    long promiseNanos() {
        return (long) (leaseNanos * (1 + clockError));
    }

    /** How often the primary sends a beacon. */
    long heartbeatNanos() {
        return leaseNanos / 6;
    }

    /** After how long a silent member is removed (P13: from about L/2 on). */
    long silenceNanos() {
        return leaseNanos * 6 / 10;
    }

    /** After how long without progress on its disk a member that answers is removed (P40). */
    long stallNanos() {
        return leaseNanos;
    }

    /** What a member takes to acknowledge, or a primary's own disk to force, at which it may be too slow (P40). */
    long slowNanos() {
        return leaseNanos / 2;
    }

    /** How long it must have been too slow. */
    long slowForNanos() {
        return 10 * leaseNanos;
    }

    /** How long a measured latency says something. */
    long lateNanos() {
        return 4 * leaseNanos;
    }

    /** How long a member that was removed for its disk stays away at first (P40). */
    long firstAbsenceNanos() {
        return 4 * leaseNanos;
    }

    /** And at most. */
    long maxAbsenceNanos() {
        return 32 * leaseNanos;
    }

    /** How often an unanswered request to a peer or the Arbiter is repeated. */
    long retryNanos() {
        return leaseNanos / 6;
    }

    /** How often {@link Input.Tick} should come. */
    public long tickNanos() {
        return leaseNanos / 24;
    }
}
