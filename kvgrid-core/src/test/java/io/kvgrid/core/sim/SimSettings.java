package io.kvgrid.core.sim;

import io.kvgrid.core.replication.Rules;

/**
 * What a simulated grid looks like.
 *
 * @param nodes how many nodes, named a, b, c, …
 * @param keys how many keys the clients use
 * @param latencyNanos of one message, faults aside
 * @param leaseNanos L
 * @param maxBatchBytes of one append or snapshot message; small, so that there are many
 * @param maxUncommittedBytes before writes are refused as too many
 * @param retainedBytes committed records kept in memory for peers that come back
 * @param rules the real ones, or a mutant's
 */
record SimSettings(
        int nodes,
        int keys,
        long latencyNanos,
        long leaseNanos,
        int maxBatchBytes,
        long maxUncommittedBytes,
        long retainedBytes,
        Rules rules) {
    static SimSettings of(int nodes) {
        return new SimSettings(nodes, 6, 200_000, 600_000_000L, 4 << 10, 64 << 10, 16 << 10, new Rules());
    }
}
