package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.spi.arbiter.Member;
import java.util.UUID;

/** Who a member is for the others: which store, in which of its runs. A repair gives a process another run. */
record MemberRun(ReplicaMeta meta) {
    /** Names the run; random. */
    UUID bootId() {
        return meta.bootId();
    }

    /** @param address where others reach it; empty if they cannot */
    Member member(String address) {
        return new Member(meta.nodeId(), meta.storeId(), bootId(), meta.startCount(), address);
    }
}
