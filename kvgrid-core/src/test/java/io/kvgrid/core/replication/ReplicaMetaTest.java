package io.kvgrid.core.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.Member;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReplicaMetaTest {
    private static final NodeId NODE = new NodeId("a");
    private static final UUID STORE = new UUID(1, 1);

    /** P7. */
    @Test
    void storeKnowsItsEarlierRunsFromThoseOfACopy() {
        ReplicaMeta meta = ReplicaMeta.fresh("g", NODE, STORE, boot(1));
        for (int start = 2; start <= 1_000; start++) {
            meta = meta.startedAgain(boot(start));
        }

        assertThat(meta.isRestoredFromBefore(recorded(1_000, 1_000))).isFalse();
        assertThat(meta.isRestoredFromBefore(recorded(900, 900))).isFalse();
        assertThat(meta.isRestoredFromBefore(recorded(1_001, 1_001))).isTrue();
        assertThat(meta.isRestoredFromBefore(recorded(1_000, 7))).isTrue();
        assertThat(meta.isRestoredFromBefore(recorded(900, 7))).isTrue();
        assertThat(meta.isRestoredFromBefore(recorded(100, 7)))
                .as("too long ago to tell")
                .isFalse();
    }

    private static Member recorded(long startCount, int boot) {
        return new Member(NODE, STORE, boot(boot), startCount, "");
    }

    private static UUID boot(int number) {
        return new UUID(2, number);
    }
}
