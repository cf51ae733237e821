package io.kvgrid.core.store;

import io.kvgrid.core.replication.CommittedState;
import java.util.OptionalLong;

/** The digests of the state at every {@link CommittedState#DIGEST_EVERY}-th record of late (P38). Used by one thread. */
final class DigestTrail {
    private static final int LENGTH = 128;

    private final long[] lsns = new long[LENGTH];
    private final long[] digests = new long[LENGTH];

    void add(long lsn, long digest) {
        int at = place(lsn);
        lsns[at] = lsn;
        digests[at] = digest;
    }

    OptionalLong at(long lsn) {
        int at = place(lsn);
        return lsn > 0 && lsns[at] == lsn ? OptionalLong.of(digests[at]) : OptionalLong.empty();
    }

    private static int place(long lsn) {
        return (int) (lsn / CommittedState.DIGEST_EVERY % LENGTH);
    }
}
