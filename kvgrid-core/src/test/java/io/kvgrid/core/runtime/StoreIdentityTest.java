package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.NodeId;
import io.kvgrid.WrongGridException;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.persistence.CorruptLogException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StoreIdentityTest {
    private static final NodeId A = new NodeId("a");
    private static final UUID STORE = new UUID(1, 2);
    private static final UUID NEW_STORE = new UUID(8, 9);
    private static final UUID EARLIER = new UUID(6, 6);
    private static final UUID BOOT = new UUID(7, 7);
    private final GridConfig config = GridConfig.first(
            new UUID(3, 4), new Member(A, STORE, new UUID(5, 6), 3, "127.0.0.1:7400"), 1, new UUID(7, 8));

    @Test
    void aNewStoreGetsTheWantedOrARandomNode() {
        assertThat(StoreIdentity.atStart(Optional.empty(), "g", Optional.of(A), NEW_STORE, () -> new NodeId("r"), BOOT))
                .isEqualTo(new ReplicaMeta("g", A, NEW_STORE, 1, List.of(BOOT), Optional.empty(), false));
        assertThat(StoreIdentity.atStart(
                                Optional.empty(), "g", Optional.empty(), NEW_STORE, () -> new NodeId("r"), BOOT)
                        .nodeId())
                .isEqualTo(new NodeId("r"));
    }

    @Test
    void aKnownStoreKeepsItsIdentityAndCountsItsStarts() {
        ReplicaMeta saved = new ReplicaMeta("g", A, STORE, 3, List.of(EARLIER), Optional.of(config), false);

        ReplicaMeta meta = atStart(saved, "g", Optional.empty());

        assertThat(meta)
                .isEqualTo(new ReplicaMeta("g", A, STORE, 4, List.of(EARLIER, BOOT), Optional.of(config), false));
    }

    @Test
    void anotherGridsOrNodesStoreIsRefused() {
        ReplicaMeta saved = new ReplicaMeta("g", A, STORE, 3, List.of(EARLIER), Optional.empty(), false);

        assertThatThrownBy(() -> atStart(saved, "h", Optional.of(A)))
                .isInstanceOf(WrongGridException.class)
                .hasMessageContaining("belongs to grid 'g'");
        assertThatThrownBy(() -> atStart(saved, "g", Optional.of(new NodeId("b"))))
                .isInstanceOf(WrongGridException.class)
                .hasMessageContaining("belongs to node 'a'");
    }

    @Test
    void metadataThatIsNoneIsCorrupt() {
        ByteBuffer valid =
                MetaCodec.encode(new ReplicaMeta("g", A, STORE, 3, List.of(EARLIER), Optional.of(config), false));

        for (int length = 0; length < valid.remaining(); length++) {
            ByteBuffer cut = valid.duplicate().limit(length);
            assertThatThrownBy(() -> MetaCodec.decode(cut)).isInstanceOf(CorruptLogException.class);
        }
        ByteBuffer otherVersion = ByteBuffer.wrap(bytes(valid)).put(4, (byte) 3);
        assertThatThrownBy(() -> MetaCodec.decode(otherVersion)).hasMessageContaining("version: expected 2, found 3");
    }

    @Test
    void theLayoutStays() {
        ByteBuffer bytes =
                MetaCodec.encode(new ReplicaMeta("g1", A, STORE, 3, List.of(EARLIER), Optional.empty(), false));

        assertThat(HexFormat.of().formatHex(bytes(bytes)))
                .isEqualTo("4b56474d" + "02" + "00" + "00000000000000010000000000000002" + "0000000000000003" + "0001"
                        + "00000000000000060000000000000006" + "026731" + "0161");
    }

    @Test
    void theNewestRunsAreRemembered() {
        ReplicaMeta meta = ReplicaMeta.fresh("g", A, STORE, new UUID(0, 1));
        for (int start = 2; start <= 1_000; start++) {
            meta = atStart(meta, "g", Optional.empty(), new UUID(0, start));
        }

        assertThat(meta.startCount()).isEqualTo(1_000);
        assertThat(meta.runs()).hasSize(256).startsWith(new UUID(0, 745)).endsWith(new UUID(0, 1_000));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        return copy;
    }

    private static ReplicaMeta atStart(ReplicaMeta saved, String grid, Optional<NodeId> node) {
        return atStart(saved, grid, node, BOOT);
    }

    private static ReplicaMeta atStart(ReplicaMeta saved, String grid, Optional<NodeId> node, UUID bootId) {
        return StoreIdentity.atStart(
                Optional.of(MetaCodec.encode(saved)), grid, node, NEW_STORE, () -> new NodeId("r"), bootId);
    }
}
