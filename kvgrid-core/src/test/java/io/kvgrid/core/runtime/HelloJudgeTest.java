package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Hello;
import io.kvgrid.core.serialization.DescriptionDigest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HelloJudgeTest {
    private static final List<String> SERIALIZERS = List.of("100 com.acme.Order");
    private static final UUID LINEAGE = new UUID(5, 5);
    private final Hello own = hello("g", "a", 1, Optional.of(LINEAGE), 1, 2, 600, SERIALIZERS);

    @Test
    void nodesThatBelongTogetherAcceptEachOther() {
        assertThat(judge(hello("g", "b", 2, Optional.of(LINEAGE), 1, 2, 600, SERIALIZERS)))
                .isEmpty();
        assertThat(judge(hello("g", "b", 2, Optional.empty(), 1, 0, 600, SERIALIZERS)))
                .isEmpty();
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheReason() {
        assertThat(judge(hello("h", "b", 2, Optional.empty(), 1, 2, 600, SERIALIZERS)))
                .contains("this is grid 'g', not 'h': check the addresses of the peers");
        assertThat(judge(hello("g", "a", 1, Optional.empty(), 1, 2, 600, SERIALIZERS)))
                .contains("this is the node itself");
        assertThat(refusal(hello("g", "a", 2, Optional.empty(), 1, 2, 600, SERIALIZERS)))
                .contains("node id 'a' is in use by another process");
        assertThat(refusal(hello("g", "b", 2, Optional.of(new UUID(6, 6)), 1, 2, 600, SERIALIZERS)))
                .contains("lineage");
        assertThat(refusal(hello("g", "b", 2, Optional.empty(), 2, 2, 600, SERIALIZERS)))
                .contains("feature levels 1 to 1");
        assertThat(refusal(hello("g", "b", 2, Optional.empty(), 1, 3, 600, SERIALIZERS)))
                .contains("minInSync differs: 2 on node 'a', 3 on node 'b'");
        assertThat(refusal(hello("g", "b", 2, Optional.empty(), 1, 2, 700, SERIALIZERS)))
                .contains("lease differs: 600 ms on node 'a', 700 ms on node 'b'");
        assertThat(refusal(hello("g", "b", 2, Optional.empty(), 1, 2, 600, List.of("100 com.acme.Invoice"))))
                .contains("the serializers differ", "com.acme.Order", "com.acme.Invoice");
    }

    @Test
    void readsAreLeasedOnAllNodesOrOnNone() { // P29
        Hello leasing = peer(2, 1);
        Hello confirming = confirming(leasing);

        assertThat(refusal(confirming))
                .isEqualTo("the setting leasedReads differs: true on node 'a', false on node 'b' (P29)");
        assertThat(HelloJudge.refusal(confirming(own), SERIALIZERS, leasing))
                .contains("the setting leasedReads differs: false on node 'a', true on node 'b' (P29)");
        assertThat(HelloJudge.refusal(confirming(own), SERIALIZERS, confirming)).isEmpty();
    }

    @Test
    void aDescriptionThatCannotBeReadIsRefused() {
        Hello hello = new Hello(
                "g",
                new NodeId("b"),
                new UUID(2, 2),
                new UUID(3, 3),
                Optional.empty(),
                "",
                false,
                1,
                1,
                2,
                600,
                true,
                ByteBuffer.wrap(new byte[] {9, 9}));

        assertThat(refusal(hello)).contains("cannot be read");
    }

    @Test
    void twinOfAConnectedNodeIsRefusedAndARestartIsNot() { // P7
        Hello connected = peer(2, 1);

        assertThat(HelloJudge.twinRefusal(null, peer(2, 1))).isEmpty();
        assertThat(HelloJudge.twinRefusal(connected, peer(2, 1))).isEmpty();
        assertThat(HelloJudge.twinRefusal(connected, peer(3, 1))).as("restart").isEmpty();
        assertThat(HelloJudge.twinRefusal(connected, peer(3, 2)).orElseThrow())
                .contains("node id 'b' is in use by another process", "127.0.0.1:7400");
    }

    private static Hello peer(long boot, long store) {
        return new Hello(
                "g",
                new NodeId("b"),
                new UUID(boot, boot),
                new UUID(store, store),
                Optional.of(LINEAGE),
                "127.0.0.1:7400",
                false,
                1,
                1,
                0,
                600,
                true,
                DescriptionDigest.of(SERIALIZERS).encode(512));
    }

    private static Hello confirming(Hello hello) {
        return new Hello(
                hello.grid(),
                hello.node(),
                hello.bootId(),
                hello.storeId(),
                hello.lineageId(),
                hello.address(),
                hello.hostsArbiter(),
                hello.minFeatureLevel(),
                hello.maxFeatureLevel(),
                hello.minInSync(),
                hello.leaseMillis(),
                false,
                hello.serializers());
    }

    private Optional<String> judge(Hello peer) {
        return HelloJudge.refusal(own, SERIALIZERS, peer);
    }

    private String refusal(Hello peer) {
        return judge(peer).orElseThrow();
    }

    private static Hello hello(
            String grid,
            String node,
            long boot,
            Optional<UUID> lineage,
            int featureLevel,
            int minInSync,
            long leaseMillis,
            List<String> serializers) {
        return new Hello(
                grid,
                new NodeId(node),
                new UUID(boot, boot),
                new UUID(3, boot),
                lineage,
                "127.0.0.1:7400",
                false,
                featureLevel,
                featureLevel,
                minInSync,
                leaseMillis,
                true,
                DescriptionDigest.of(serializers).encode(512));
    }
}
