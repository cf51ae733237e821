package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.ConditionFailedException;
import io.kvgrid.GridNode;
import io.kvgrid.NodeId;
import io.kvgrid.NotPrimaryException;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.OperationTooOldException;
import io.kvgrid.Outcome;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Versioned;
import io.kvgrid.WriteOptions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What insert, remove and get do, on whichever node they are called. */
class OperationsTest extends GridTest {
    private List<GridNode<String, String>> nodes = List.of();

    @BeforeEach
    void startGrid() {
        nodes = startThree();
    }

    @Test
    void whatOneNodeWritesAllRead() {
        for (GridNode<String, String> writer : nodes) {
            String key = "by-" + writer.id();

            OperationAck ack = join(writer.insert(key, "v"));

            assertThat(writer.peek(key)).as("own write, at once").isEqualTo("v");
            for (GridNode<String, String> reader : nodes) {
                assertThat(join(reader.get(key))).contains("v");
                assertThat(join(reader.getVersioned(key, ReadConsistency.atLeast(ack.version()))))
                        .contains(new Versioned<>("v", ack.version()));
                assertThat(reader.peek(key)).isEqualTo("v");
            }

            OperationAck removal = join(writer.remove(key));

            assertThat(removal.version()).isGreaterThan(ack.version());
            for (GridNode<String, String> reader : nodes) {
                assertThat(join(reader.get(key))).isEmpty();
            }
        }
    }

    @Test
    void removalOfAnAbsentKeyIsAcknowledgedLikeAnyOther() {
        for (GridNode<String, String> node : nodes) {
            long before = join(node.insert("mark", "m")).version();

            assertThat(join(node.remove("absent")).version()).isGreaterThan(before);
        }
    }

    @Test
    void conditionsAreJudgedOnTheLatestStateFromEveryNode() {
        for (GridNode<String, String> node : nodes) {
            String key = "c-" + node.id();
            assertRefused(node.insert(key, "v0", WriteOptions.DEFAULT.ifPresent()), 0);
            assertRefused(node.remove(key, WriteOptions.DEFAULT.ifPresent()), 0);
            assertRefused(node.insert(key, "v0", WriteOptions.DEFAULT.ifVersion(1)), 0);

            long first = join(node.insert(key, "v1", WriteOptions.DEFAULT.ifAbsent()))
                    .version();

            assertRefused(node.insert(key, "v2", WriteOptions.DEFAULT.ifAbsent()), first);
            assertRefused(node.insert(key, "v2", WriteOptions.DEFAULT.ifVersion(first + 1)), first);
            assertThat(join(node.get(key))).contains("v1");
            long second = join(node.insert(key, "v2", WriteOptions.DEFAULT.ifVersion(first)))
                    .version();
            assertRefused(node.insert(key, "v3", WriteOptions.DEFAULT.ifVersion(first)), second);
            long third = join(node.insert(key, "v3", WriteOptions.DEFAULT.ifPresent()))
                    .version();
            assertThat(List.of(first, second, third)).isSorted().doesNotHaveDuplicates();
            join(node.remove(key, WriteOptions.DEFAULT.ifVersion(third)));
            assertThat(nodes)
                    .allSatisfy(reader -> assertThat(join(reader.get(key))).isEmpty());
        }
    }

    @Test
    void onlyOneOfManyWritersTakesAnAbsentKey() {
        for (int round = 0; round < 20; round++) {
            String key = "lock-" + round;
            List<CompletableFuture<OperationAck>> attempts = nodes.stream()
                    .map(node -> node.insert(key, node.id().value(), WriteOptions.DEFAULT.ifAbsent()))
                    .toList();

            List<String> winners = nodes.stream()
                    .filter(node -> attempts.get(nodes.indexOf(node))
                            .handle((ack, failure) -> failure == null)
                            .join())
                    .map(node -> node.id().value())
                    .toList();

            assertThat(winners).hasSize(1);
            assertThat(nodes).allSatisfy(node -> assertThat(join(node.get(key))).contains(winners.get(0)));
        }
    }

    private static void assertRefused(CompletableFuture<OperationAck> write, long currentVersion) {
        OperationFailedException failure = operationFailureOf(write);
        assertThat(failure).isInstanceOf(ConditionFailedException.class);
        assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(((ConditionFailedException) failure).currentVersion()).isEqualTo(currentVersion);
    }

    @Test
    void repeatedOperationIsAppliedOnceWhicheverNodeItIsSentTo() {
        for (GridNode<String, String> first : nodes) {
            OperationId id = new OperationId(UUID.randomUUID(), 0);
            WriteOptions repeatable = WriteOptions.DEFAULT.operationId(id);
            OperationAck ack = join(first.insert("k", "first", repeatable));
            long later = join(first.insert("k", "later")).version();

            for (GridNode<String, String> node : nodes) {
                assertThat(join(node.insert("k", "first", repeatable))).isEqualTo(ack);
                assertThat(join(node.getVersioned("k", ReadConsistency.LINEARIZABLE)))
                        .contains(new Versioned<>("later", later));
            }
            assertThat(ack.id()).isEqualTo(id);
        }
    }

    @Test
    void conditionalWriteRepeatedAfterItWasAppliedIsAcknowledgedNotRefused() {
        WriteOptions once = WriteOptions.DEFAULT
                .operationId(new OperationId(UUID.randomUUID(), 0))
                .ifAbsent();
        OperationAck ack = join(nodes.get(1).insert("k", "v", once));

        assertThat(join(nodes.get(2).insert("k", "v", once))).isEqualTo(ack);
        assertThat(join(nodes.get(0).insert("k", "v", once))).isEqualTo(ack);
    }

    @Test
    void operationOlderThanTheGridRemembersIsRefusedAsUnknown() {
        UUID client = UUID.randomUUID();
        for (int number = 0; number < 1_100; number++) { // 1,024 are remembered (P19)
            join(nodes.get(0).insert("k", "v" + number, withId(client, number)));
        }

        OperationFailedException failure = operationFailureOf(nodes.get(1).insert("k", "again", withId(client, 0)));

        assertThat(failure).isInstanceOf(OperationTooOldException.class);
        assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(join(nodes.get(1).get("k"))).contains("v1099");
    }

    private static WriteOptions withId(UUID client, long number) {
        return WriteOptions.DEFAULT.operationId(new OperationId(client, number));
    }

    @Test
    void secondaryThatDoesNotForwardNamesThePrimary() {
        GridNode<String, String> d = startReady(member("d", nodes.get(0)).writeForwarding(false));

        for (CompletableFuture<OperationAck> write : List.of(d.insert("k", "v"), d.remove("k"))) {
            OperationFailedException failure = operationFailureOf(write);
            assertThat(failure).isInstanceOf(NotPrimaryException.class).hasMessageContaining("it is a");
            assertThat(((NotPrimaryException) failure).primary()).contains(new NodeId("a"));
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(failure.id()).isPresent();
        }
        OperationFailedException repeated = operationFailureOf(d.insert("k", "v", withId(UUID.randomUUID(), 7)));
        assertThat(repeated.outcome())
                .as("an earlier attempt with that id may have been applied (P19)")
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(repeated).hasMessageContaining("it is a");
        join(nodes.get(0).insert("k", "v"));
        assertThat(join(d.get("k"))).as("it reads all the same").contains("v");
    }

    @Test
    void writesHeldUntilTheRoleAreRefusedOnASecondaryThatDoesNotForward() {
        GridNode<String, String> d = start(member("d", nodes.get(0)).writeForwarding(false));

        OperationFailedException failure = operationFailureOf(d.insert("k", "v", PATIENT));

        assertThat(failure).isInstanceOf(NotPrimaryException.class);
        assertThat(((NotPrimaryException) failure).primary()).contains(new NodeId("a"));
    }

    @Test
    void operationsFromManyNodesDoNotMix() {
        List<CompletableFuture<OperationAck>> writes = new java.util.ArrayList<>();
        for (int i = 0; i < 300; i++) {
            writes.add(nodes.get(i % 3).insert("k" + i, "v" + i, PATIENT));
        }
        writes.forEach(GridTest::join);

        assertThat(writes.stream().map(write -> join(write).version()).distinct())
                .hasSize(300);
        for (GridNode<String, String> node : nodes) {
            for (int i = 0; i < 300; i++) {
                assertThat(join(node.get("k" + i))).contains("v" + i);
            }
            assertThat(node.view().entries()).isEqualTo(300);
        }
    }
}
