package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridClosedException;
import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.GridView;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.Outcome;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Role;
import io.kvgrid.Versioned;
import io.kvgrid.WriteOptions;
import io.kvgrid.persistence.file.FilePersistence;
import io.kvgrid.spi.persistence.PersistenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What failing disks lead to, on the primary and on a secondary (design: retryable and fatal failures; S2, P11). */
class FailingDiskTest extends GridTest {
    private final List<ControlledPersistence> disks = new ArrayList<>();
    private final List<GridNode<String, String>> nodes = new ArrayList<>();
    /** What the primary's own listener is told of its end. */
    private final CompletableFuture<GridView> failed = new CompletableFuture<>();

    private void startGrid(Duration lease) {
        GridNode<String, String> a =
                startReady(controlled("a", host("a"), lease).listener(this::hear));
        nodes.add(a);
        nodes.add(startReady(controlled("b", member("b", a), lease)));
        nodes.add(startReady(controlled("c", member("c", a), lease)));
        awaitInSync(a, "a", "b", "c");
        join(a.insert("before", "1", PATIENT));
    }

    private GridNodeBuilder<String, String> controlled(
            String id, GridNodeBuilder<String, String> builder, Duration lease) {
        ControlledPersistence disk = new ControlledPersistence(FilePersistence.in(directory.resolve("disk-" + id)));
        disks.add(disk);
        return builder.persistence(disk).lease(lease);
    }

    private void hear(GridView view) {
        if (view.role() == Role.FAILED) {
            failed.complete(view);
        }
    }

    private static PersistenceException retryable() {
        return PersistenceException.retryable("the database restarts", null);
    }

    private static PersistenceException fatal() {
        return PersistenceException.fatal("the disk is broken", null);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void callThatFailsRetryablyIsRepeatedUntilItSucceeds(int failing) {
        startGrid(LONG_LEASE);
        ControlledPersistence disk = disks.get(failing);
        disk.failWith(retryable());
        CompletableFuture<OperationAck> write = nodes.get(2).insert("k", "v", PATIENT);
        join(disk.hasFailed());
        assertThat(write).isNotDone();

        disk.recover();

        join(write);
        assertThat(disk.failures()).isPositive();
        assertThat(nodes).allSatisfy(node -> {
            assertThat(node.view().role()).isIn(Role.PRIMARY, Role.SECONDARY);
            assertThat(join(node.get("k"))).contains("v");
        });
    }

    @Test
    void writesDuringALongRetryableFailureOfThePrimaryEndUnknownAndAreAppliedOnceWhenRepeated() {
        startGrid(LONG_LEASE);
        GridNode<String, String> a = nodes.get(0);
        disks.get(0).failWith(retryable());
        List<CompletableFuture<OperationAck>> writes =
                List.of(a.insert("x", "1", WriteOptions.DEFAULT), nodes.get(1).insert("y", "1", WriteOptions.DEFAULT));
        List<OperationFailedException> failures =
                writes.stream().map(GridTest::operationFailureOf).toList();
        assertThat(failures).allSatisfy(failure -> {
            assertThat(failure).isInstanceOf(OperationTimeoutException.class);
            assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
        });
        assertThat(a.view().role()).as("it goes on trying").isEqualTo(Role.PRIMARY);

        disks.get(0).recover();

        WriteOptions x = PATIENT.operationId(failures.get(0).id().orElseThrow());
        WriteOptions y = PATIENT.operationId(failures.get(1).id().orElseThrow());
        OperationAck xAck = join(a.insert("x", "1", x));
        OperationAck yAck = join(nodes.get(1).insert("y", "1", y));
        assertThat(nodes).allSatisfy(node -> {
            assertThat(join(node.insert("x", "1", x))).isEqualTo(xAck);
            assertThat(join(node.insert("y", "1", y))).isEqualTo(yAck);
            assertThat(join(node.getVersioned("x", ReadConsistency.LINEARIZABLE)))
                    .contains(new Versioned<>("1", xAck.version()));
            assertThat(join(node.getVersioned("y", ReadConsistency.LINEARIZABLE)))
                    .contains(new Versioned<>("1", yAck.version()));
        });
    }

    @Test
    void secondaryWhoseDiskFailsRetryablyForALeaseIsRemovedAndComesBack() {
        startGrid(DEFAULT_LEASE);
        disks.get(1).failWith(retryable());
        OperationAck ack = join(nodes.get(0).insert("k", "v", PATIENT));

        awaitView(nodes.get(0), view -> !view.inSync().contains(nodes.get(1).id()));
        assertThat(join(nodes.get(2).get("k"))).contains("v");
        join(nodes.get(0).insert("k2", "v", WriteOptions.DEFAULT));

        disks.get(1).recover();

        awaitInSync(nodes.get(0), "a", "b", "c");
        assertThat(join(nodes.get(1).get("k", ReadConsistency.atLeast(ack.version()))))
                .contains("v");
    }

    @Test
    void primaryWhoseDiskFailsForGoodStopsServingAndSaysSo() {
        startGrid(LONG_LEASE);
        GridNode<String, String> a = nodes.get(0);
        disks.get(0).failWith(fatal());

        OperationFailedException own = operationFailureOf(a.insert("k", "v", PATIENT));

        assertThat(own).isInstanceOf(GridClosedException.class).hasMessageContaining("the disk is broken");
        assertThat(own.outcome()).isEqualTo(Outcome.UNKNOWN);
        join(failed);
        assertThat(a.view().role()).isEqualTo(Role.FAILED);
        for (CompletableFuture<?> later : List.of(a.insert("k", "v"), a.remove("k"), a.get("k"))) {
            OperationFailedException failure = operationFailureOf(later);
            assertThat(failure).isInstanceOf(GridClosedException.class).hasMessageContaining("the disk is broken");
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        }
        OperationFailedException forwarded =
                operationFailureOf(nodes.get(1).insert("k", "v", WriteOptions.DEFAULT.timeout(Duration.ofMillis(300))));
        assertThat(forwarded.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(nodes.get(1).peek("before"))
                .as("what is there can be read as it is")
                .isEqualTo("1");
    }

    @Test
    void primaryThatFailedComesBackWithEveryAcknowledgedWriteOnceItsDiskWorks() {
        startGrid(LONG_LEASE);
        GridNode<String, String> a = nodes.get(0);
        Load load = Load.on(List.of(a), PATIENT).more(100);
        disks.get(0).failWith(fatal());
        load.stop(); // each writer ends at its first failure
        int port = portOf(a);
        a.close();

        GridNode<String, String> again = startReady(controlled("a", host("a", port), LONG_LEASE));

        awaitInSync(again, "a", "b", "c");
        join(nodes.get(1).insert("after", "2", PATIENT));
        load.assertKeptBy(List.of(again, nodes.get(1), nodes.get(2)));
        assertThat(again.view().epoch()).isEqualTo(2);
    }

    @Test
    void secondaryWhoseDiskFailsForGoodLeavesAndWritesGoOn() {
        startGrid(DEFAULT_LEASE);
        GridNode<String, String> b = nodes.get(1);
        Load load = Load.on(List.of(nodes.get(0), nodes.get(2)), PATIENT).more(100);

        disks.get(1).failWith(fatal());

        awaitView(b, view -> view.role() == Role.FAILED);
        awaitView(nodes.get(0), view -> !view.inSync().contains(b.id()));
        load.more(100).stop();
        assertThat(load.failures()).isEmpty();
        load.assertNoneTookAsLongAsTheDefaultDeadline();
        assertThat(operationFailureOf(b.insert("k", "v")))
                .isInstanceOf(GridClosedException.class)
                .hasMessageContaining("the disk is broken");
        b.close();
        GridNode<String, String> again = startReady(controlled("b", member("b", nodes.get(0)), DEFAULT_LEASE));
        awaitInSync(nodes.get(0), "a", "b", "c");
        load.assertKeptBy(List.of(nodes.get(0), again, nodes.get(2)));
    }
}
