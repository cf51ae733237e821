package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.GridNode;
import io.kvgrid.GridView;
import io.kvgrid.NodeId;
import io.kvgrid.NotReadyException;
import io.kvgrid.OperationAck;
import io.kvgrid.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Nodes come, leave, fall silent and come back while others write. */
class MembershipTest extends GridTest {
    @Test
    void nodeJoinsUnderLoadAndMissesNothing() {
        GridNode<String, String> a = startReady(host("a"));
        GridNode<String, String> b = startReady(member("b", a));
        awaitInSync(a, "a", "b");
        Load load = Load.on(List.of(a, b), PATIENT).more(500);

        GridNode<String, String> c = startReady(member("c", a));

        awaitInSync(a, "a", "b", "c");
        load.more(500).stop();
        assertThat(load.failures()).isEmpty();
        load.assertKeptBy(List.of(a, b, c));
    }

    @Test
    void nodeLeavesUnderLoadWithoutAFailedWrite() {
        List<GridNode<String, String>> nodes = startThree();
        Load load = Load.on(nodes.subList(0, 2), PATIENT).more(300);

        nodes.get(2).close();

        assertThat(nodes.get(2).view().role()).isEqualTo(Role.CLOSED);
        awaitInSync(nodes.get(0), "a", "b");
        load.more(300).stop();
        assertThat(load.failures()).isEmpty();
        load.assertKeptBy(nodes.subList(0, 2));
    }

    @Test
    void nodeThatComesBackCatchesUpUnderLoad() {
        List<GridNode<String, String>> nodes = startThree();
        Load load = Load.on(nodes.subList(0, 2), PATIENT).more(200);
        nodes.get(2).close();
        load.more(500);

        GridNode<String, String> again = startReady(member("c", nodes.get(0)));

        awaitInSync(nodes.get(0), "a", "b", "c");
        load.more(200).stop();
        assertThat(load.failures()).isEmpty();
        load.assertKeptBy(List.of(nodes.get(0), nodes.get(1), again));
    }

    @Test
    void emptyNodeIsToldItsProgressWhileItReceivesAll() {
        GridNode<String, String> a = startReady(host("a"));
        // more than the log keeps in memory, so that the joiner needs a snapshot
        String large = "x".repeat(100_000);
        List<String> keys = new ArrayList<>();
        List<CompletableFuture<OperationAck>> writes = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            keys.add("k" + i);
            writes.add(a.insert("k" + i, i + large, PATIENT));
        }
        writes.forEach(GridTest::join);
        Queue<GridView> seen = new ConcurrentLinkedQueue<>();

        GridNode<String, String> b = startReady(member("b", a).listener(seen::add));

        assertThat(b.view().entries()).isEqualTo(400);
        assertThat(b.view().progress()).isEmpty();
        assertThat(readAll(b, keys)).allSatisfy(value -> assertThat(value).endsWith(large));
        assertThat(seen.iterator().next().role()).isEqualTo(Role.JOINING);
        List<GridView.Progress> progress =
                seen.stream().flatMap(view -> view.progress().stream()).toList();
        assertThat(progress.stream().filter(step -> step.phase().equals("receiving snapshot")))
                .as("steps of the join that the listener was told, in order")
                .hasSizeGreaterThan(2)
                .isSortedAccordingTo((x, y) -> Long.compare(x.records(), y.records()))
                .allMatch(step -> step.records() <= 400);
    }

    @Test
    void listenersSeeNodesComeAndGoInOrder() {
        Queue<GridView> seen = new ConcurrentLinkedQueue<>();
        CompletableFuture<GridView> last = new CompletableFuture<>();
        GridNode<String, String> a = startReady(host("a").listener(view -> {
            seen.add(view);
            if (view.role() == Role.CLOSED) {
                last.complete(view);
            }
        }));
        GridNode<String, String> b = startReady(member("b", a));
        awaitInSync(a, "a", "b");
        b.close();
        awaitInSync(a, "a");
        a.close();
        join(last);

        List<String> changes = seen.stream()
                .map(view -> view.role() + " " + view.inSync())
                .distinct()
                .toList();
        assertThat(changes).containsExactly("JOINING []", "PRIMARY [a]", "PRIMARY [a, b]", "CLOSED [a]");
    }

    @Test
    void silentSecondaryIsRemovedAndNoInsertTakesLongerThanItsDeadline() {
        GridNode<String, String> a = startReady(host("a").lease(DEFAULT_LEASE));
        GridNode<String, String> b = startReady(member("b", a).lease(DEFAULT_LEASE));
        CuttableTransport network = new CuttableTransport();
        GridNode<String, String> c =
                startReady(member("c", a).lease(DEFAULT_LEASE).transport(network));
        awaitInSync(a, "a", "b", "c");
        Load before = Load.on(List.of(a, b), PATIENT).more(100);

        network.cut();

        awaitView(a, view -> !view.inSync().contains(c.id()));
        before.more(100).stop();
        assertThat(before.failures()).isEmpty();
        before.assertNoneTookAsLongAsTheDefaultDeadline();
        Load after = Load.on(List.of(a, b), PATIENT).more(100);

        network.heal();

        // c has not heard yet that it was removed; whoever asks it gets no old answer
        assertThat(join(c.insert("through-c", "v", PATIENT)).version()).isPositive();
        awaitInSync(a, "a", "b", "c");
        after.more(100).stop();
        assertThat(after.failures()).isEmpty();
        before.assertKeptBy(List.of(a, b, c));
        after.assertKeptBy(List.of(a, b, c));
        assertThat(c.view().role()).isEqualTo(Role.SECONDARY);
    }

    @Test
    void secondaryWhoseAcknowledgementsAreLostHoldsWritesUntilItIsRemoved() {
        GridNode<String, String> a = startReady(host("a").lease(DEFAULT_LEASE));
        GridNode<String, String> b = startReady(member("b", a).lease(DEFAULT_LEASE));
        CuttableTransport network = new CuttableTransport();
        GridNode<String, String> c =
                startReady(member("c", a).lease(DEFAULT_LEASE).transport(network));
        awaitInSync(a, "a", "b", "c");
        join(a.insert("k", "old"));

        network.mute();
        CompletableFuture<Boolean> isCRemoved = a.insert("k", "new", PATIENT)
                .thenApply(ack -> !a.view().inSync().contains(new NodeId("c")));

        assertThat(join(isCRemoved))
                .as("acknowledged only once c counts no more")
                .isTrue();
        assertThat(join(b.get("k"))).contains("new");
        awaitView(c, view -> view.role() == Role.JOINING);
        assertThatThrownBy(() -> c.peek("k"))
                .as("its copy may be old, and it knows")
                .isInstanceOf(NotReadyException.class);
        network.heal();
        awaitInSync(a, "a", "b", "c");
        assertThat(join(c.get("k"))).contains("new");
    }
}
