package io.kvgrid.core.replication;

import java.util.ArrayList;
import java.util.List;

/**
 * What clients of this node wait for when its role changes: handed to the next role, which goes on with it.
 *
 * @param writes in the order in which they came
 * @param reads linearizable ones that have not been confirmed
 */
record OpenOperations(List<Write> writes, List<Long> reads) {
    /** These and then those. */
    OpenOperations and(OpenOperations more) {
        List<Write> allWrites = new ArrayList<>(writes);
        allWrites.addAll(more.writes);
        List<Long> allReads = new ArrayList<>(reads);
        allReads.addAll(more.reads);
        return new OpenOperations(allWrites, allReads);
    }

    /**
     * One write.
     *
     * @param mayBeApplied whether an earlier attempt was not answered: nothing said of a later one is an answer but an
     *     acknowledgement (P19)
     */
    record Write(WriteCommand command, boolean mayBeApplied) {}
}
