package io.kvgrid.core.sim;

/**
 * What a simulated grid looks like.
 *
 * @param nodes how many nodes, named a, b, c, …
 * @param keys how many keys the clients use most of the time
 * @param coldKeys how many others they write now and then, so that a snapshot takes many messages
 * @param latencyNanos of one message, faults aside
 * @param leaseNanos L
 * @param maxBatchBytes of one append or snapshot message; small, so that there are many
 * @param maxUncommittedBytes before writes are refused as too many
 * @param retainedBytes committed records kept in memory for peers that come back
 * @param readsLog whether the disks let the log be read back for a node that has missed more than that
 * @param leasedReads whether nodes answer reads by leases, or have each confirmed
 * @param parts what its nodes are made of
 */
record SimSettings(
        int nodes,
        int keys,
        int coldKeys,
        long latencyNanos,
        long leaseNanos,
        int maxBatchBytes,
        long maxUncommittedBytes,
        long retainedBytes,
        boolean readsLog,
        boolean leasedReads,
        SimParts parts) {
    static SimSettings of(int nodes) {
        return of(nodes, SimParts.real());
    }

    static SimSettings of(int nodes, SimParts parts) {
        return new SimSettings(nodes, 6, 0, 200_000, 600_000_000L, 4 << 10, 64 << 10, 16 << 10, true, true, parts);
    }
}
