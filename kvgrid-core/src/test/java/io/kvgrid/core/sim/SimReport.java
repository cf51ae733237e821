package io.kvgrid.core.sim;

import java.util.Map;

/**
 * What one run did.
 *
 * @param simulatedNanos virtual time that passed
 * @param operations what clients asked for
 * @param readRecords records that a primary read back from its log on disk, for a node that had missed them
 * @param comparedDigests how often a node has compared its state with its primary's (P38)
 * @param traceHash equal for two runs of one seed, in any JVM
 */
record SimReport(
        long seed,
        int nodes,
        long simulatedNanos,
        long events,
        long operations,
        long acknowledged,
        long unknown,
        Map<Fault, Long> faults,
        long readRecords,
        long comparedDigests,
        long traceHash) {}
