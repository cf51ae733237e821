package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.CasResult;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Configurations of three nodes, and proposals whose outcome is known beforehand. */
final class Proposals {
    static final NodeId A = new NodeId("a");
    static final NodeId B = new NodeId("b");
    static final NodeId C = new NodeId("c");

    private Proposals() {}

    static CasResult cas(Arbiter arbiter, long expectedCv, GridConfig proposal) {
        return Stages.join(arbiter.compareAndSet(expectedCv, proposal));
    }

    static void apply(Arbiter arbiter, GridConfig proposal) {
        assertThat(cas(arbiter, proposal.cv() - 1, proposal)).isEqualTo(new CasResult.Applied(proposal));
    }

    static void assertRefused(Arbiter arbiter, long expectedCv, GridConfig proposal, GridConfig current) {
        assertThat(cas(arbiter, expectedCv, proposal)).isInstanceOfSatisfying(CasResult.Refused.class, refused -> {
            assertThat(refused.reason()).isNotBlank();
            assertThat(refused.current()).contains(current);
        });
        assertThat(Stages.join(arbiter.read())).contains(current);
    }

    /** The configuration with which {@code later}'s lineage began. */
    static GridConfig first(GridConfig later) {
        return GridConfig.first(later.lineageId(), later.member(A).orElseThrow(), 0, nonce());
    }

    static GridConfig first(Member primary) {
        return GridConfig.first(nonce(), primary, 0, nonce());
    }

    /** A member on a store of its own. */
    static Member member(NodeId node) {
        return new Member(node, nonce(), nonce(), 5, "127.0.0.1:7400");
    }

    /** A later run of the same store. */
    static Member run(Member member) {
        return new Member(member.nodeId(), member.storeId(), nonce(), member.startCount() + 1, member.address());
    }

    static UUID nonce() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong());
    }
}
