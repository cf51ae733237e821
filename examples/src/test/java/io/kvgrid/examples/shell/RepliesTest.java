package io.kvgrid.examples.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationId;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.Role;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RepliesTest {
    private static final OperationId ID = new OperationId(new UUID(1, 2), 3);

    @Test
    void outcomesOfOperations() {
        assertThat(Replies.ack(new OperationAck(ID, 7))).isEqualTo("ack version=7");
        assertThat(Replies.value(Optional.of("a\nb\\"))).isEqualTo("value a\\nb\\\\");
        assertThat(Replies.value(Optional.of(""))).isEqualTo("value ");
        assertThat(Replies.value(Optional.empty())).isEqualTo("none");
    }

    @Test
    void failureNamesOutcomeIdAndReasonOnOneLine() {
        assertThat(Replies.failed(new OperationTimeoutException(ID, Outcome.UNKNOWN, "no answer\nin time")))
                .isEqualTo("failed outcome=UNKNOWN id=" + ID + " reason=no answer\\nin time");
        assertThat(Replies.failed(new OperationTimeoutException(null, Outcome.NOT_APPLIED, "late")))
                .isEqualTo("failed outcome=NOT_APPLIED id=- reason=late");
    }

    @Test
    void viewSaysWhatIsKnown() {
        NodeId a = new NodeId("a");
        GridView view = new GridView(
                a,
                Role.PRIMARY,
                3,
                Optional.of(a),
                new TreeSet<>(List.of(new NodeId("b"), a)),
                12,
                11,
                10,
                List.of(
                        new GridView.Replica(new NodeId("b"), true, 9, 3),
                        new GridView.Replica(new NodeId("c"), false, 2, 10)),
                Optional.empty(),
                Optional.empty(),
                new GridView.StateDigest(11, 0xD16E57L),
                true);

        assertThat(Replies.view(view))
                .isEqualTo("role=PRIMARY epoch=3 primary=a inSync=a,b commit=12 applied=11 entries=10"
                        + " leased=yes lag=b:3,c:10 digest=0000000000d16e57@11");
    }

    @Test
    void viewSaysWhatIsNotKnown() {
        GridView view = new GridView(
                new NodeId("a"),
                Role.JOINING,
                0,
                Optional.empty(),
                new TreeSet<>(),
                0,
                0,
                0,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                GridView.StateDigest.EMPTY,
                false);

        assertThat(Replies.view(view))
                .isEqualTo("role=JOINING epoch=- primary=- inSync=- commit=0 applied=0 entries=0"
                        + " leased=no lag=- digest=0000000000000000@0");
    }
}
