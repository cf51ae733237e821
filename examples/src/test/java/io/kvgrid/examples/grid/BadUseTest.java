package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.DataDirectoryInUseException;
import io.kvgrid.GridLimits;
import io.kvgrid.GridNode;
import io.kvgrid.GridNodeBuilder;
import io.kvgrid.GridStartException;
import io.kvgrid.OperationFailedException;
import io.kvgrid.Outcome;
import io.kvgrid.OverloadedException;
import io.kvgrid.PortInUseException;
import io.kvgrid.WriteOptions;
import io.kvgrid.WrongGridException;
import io.kvgrid.persistence.file.FilePersistence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Mistakes are told by a type and a sentence that says what to do; nothing is half done. */
class BadUseTest extends GridTest {
    @Test
    @SuppressWarnings("NullAway") // as callers without it could
    void nullsAreRefusedByTheCallItself() {
        GridNode<String, String> node = startReady(host("a"));

        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> node.insert(null, "v"),
                () -> node.insert("k", null),
                () -> node.insert("k", "v", null),
                () -> node.remove(null),
                () -> node.remove("k", null),
                () -> node.get(null),
                () -> node.get("k", null),
                () -> node.getVersioned(null, null),
                () -> node.peek(null),
                () -> node.map(null, String.class, String.class),
                () -> node.addListener(null),
                () -> host("b").listener(null),
                () -> host("b").limits(null))) {
            assertThatThrownBy(call).isInstanceOf(NullPointerException.class);
        }
        assertThat(node.view().entries()).isZero();
        assertThat(join(node.insert("k", "v")).version()).isPositive();
    }

    @Test
    void sizesOverTheLimitsAreRefusedByTheCallItself() {
        GridLimits limits = new GridLimits(10, 100, 1_000, 1_000_000);
        GridNode<String, String> a = startReady(host("a").limits(limits));
        GridNode<String, String> b = startReady(member("b", a).limits(limits));
        for (GridNode<String, String> node : List.of(a, b)) {
            assertThatThrownBy(() -> node.insert("k".repeat(11), "v"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("key", "11", "10");
            assertThatThrownBy(() -> node.remove("k".repeat(11))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> node.get("k".repeat(11))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> node.insert("k", "v".repeat(101)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("value", "101", "100");

            join(node.insert("k".repeat(10), "v".repeat(100)));
            assertThat(join(node.get("k".repeat(10)))).contains("v".repeat(100));
        }
    }

    @Test
    void theLargestKeyAndValueAreKept() {
        List<GridNode<String, String>> nodes = startThree();
        String key = "k".repeat(GridLimits.DEFAULT.maxKeyBytes());
        String value = "v".repeat(GridLimits.DEFAULT.maxValueBytes());

        join(nodes.get(1).insert(key, value, PATIENT));

        assertThat(nodes).allSatisfy(node -> assertThat(join(node.get(key))).contains(value));
        assertThatThrownBy(() -> nodes.get(1).insert(key + "k", "v")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> nodes.get(1).insert("k", value + "v")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tooMuchUnderWayIsRefusedAtOnce() {
        ControlledPersistence disk = new ControlledPersistence(FilePersistence.in(directory.resolve("disk")));
        GridNode<String, String> node =
                startReady(host("a").limits(new GridLimits(10, 100, 5, 1_000)).persistence(disk));
        disk.hold();
        List<CompletableFuture<?>> five = Stream.of("a", "b", "c", "d", "e")
                .<CompletableFuture<?>>map(key -> node.insert(key, "v", PATIENT))
                .toList();

        OperationFailedException failure = operationFailureOf(node.insert("f", "v", PATIENT));

        assertThat(failure).isInstanceOf(OverloadedException.class).hasMessageContaining("5");
        assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        disk.release();
        five.forEach(GridTest::join);
        join(node.insert("f", "v", PATIENT));
        assertThat(node.view().entries()).isEqualTo(6);
    }

    @Test
    void timeToLiveOfARemovalIsRefused() {
        GridNode<String, String> node = startReady(host("a"));

        assertThatThrownBy(() -> node.remove("k", WriteOptions.DEFAULT.timeToLive(Duration.ofSeconds(1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- starts that fail

    @Test
    void occupiedPortIsNamedAndTheSameCallWorksOnceItIsFree() throws Exception {
        GridNodeBuilder<String, String> builder;
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            builder = host("a", port);

            assertThatThrownBy(builder::start)
                    .isInstanceOf(PortInUseException.class)
                    .hasMessageContaining(String.valueOf(port));
            assertNoThreadIsLeft();
        }

        GridNode<String, String> node = startReady(builder);

        assertThat(portOf(node)).isEqualTo(port);
        join(node.insert("k", "v"));
    }

    @Test
    void portOfAnotherNodeOfThisProcessIsOccupiedToo() throws Exception {
        GridNode<String, String> a = startReady(host("a"));

        assertThatThrownBy(() ->
                        host("b", portOf(a)).dataRoot(directory.resolve("b")).start())
                .isInstanceOf(PortInUseException.class)
                .hasMessageContaining(a.address());

        join(a.insert("k", "v"));
        a.close();
        assertNoThreadIsLeft();
    }

    @Test
    void directoryInUseIsNamedAndTheSameCallWorksOnceItIsFree() throws Exception {
        GridNode<String, String> first = startReady(host("a"));
        join(first.insert("k", "v"));
        GridNodeBuilder<String, String> second = host("a");

        assertThatThrownBy(second::start)
                .isInstanceOf(DataDirectoryInUseException.class)
                .hasMessageContainingAll(directory.resolve(GRID).resolve("a").toString(), "stop that node");
        join(first.insert("k2", "v"));
        first.close();
        assertNoThreadIsLeft();

        assertThat(join(startReady(second).get("k2"))).contains("v");
    }

    @Test
    void directoryOfAnotherGridOrNodeIsRefusedAndLeftAsItIs() throws Exception {
        Path disk = directory.resolve("disk");
        GridNode<String, String> owner = startReady(GridNode.builder("orders", String.class, String.class)
                .nodeId("a")
                .dataRoot(directory)
                .persistence(FilePersistence.in(disk)));
        join(owner.insert("k", "v"));
        owner.close();

        assertThatThrownBy(() -> GridNode.builder("flags", String.class, String.class)
                        .nodeId("a")
                        .dataRoot(directory)
                        .persistence(FilePersistence.in(disk))
                        .start())
                .isInstanceOf(WrongGridException.class)
                .hasMessageContainingAll("orders", "flags", "choose another directory");
        assertThatThrownBy(() -> GridNode.builder("orders", String.class, String.class)
                        .nodeId("b")
                        .dataRoot(directory)
                        .persistence(FilePersistence.in(disk))
                        .start())
                .isInstanceOf(WrongGridException.class)
                .hasMessageContainingAll("node 'a'", "'b'", "choose another directory");
        assertNoThreadIsLeft();

        GridNode<String, String> again = startReady(GridNode.builder("orders", String.class, String.class)
                .nodeId("a")
                .dataRoot(directory)
                .persistence(FilePersistence.in(disk)));
        assertThat(join(again.get("k"))).contains("v");
    }

    @Test
    void directoryThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");

        assertThatThrownBy(() -> host("a").dataRoot(file).start())
                .isInstanceOf(GridStartException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void settingsThatContradictEachOtherAreRefused() throws Exception {
        var builder = GridNode.builder(GRID, String.class, String.class).dataRoot(directory);

        assertThatThrownBy(() -> builder.peers("127.0.0.1:1").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("EmbeddedArbiter.hosted()");
        assertThatThrownBy(() -> host("a").listen("0.0.0.0", 0).start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("insecure()");
        assertThatThrownBy(() -> host("arbiter").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("choose another node id");
        assertThatThrownBy(() -> GridNode.builder(GRID, String.class, List.class)
                        .dataRoot(directory)
                        .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KryoSerializer");
        assertNoThreadIsLeft();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).as("what a refused start left behind").isEmpty();
        }
    }

    // ---- nodes that do not fit together

    @Test
    void nodeThatIsRefusedLearnsWhyAndServesOnceItFits() {
        GridNode<String, String> a = startReady(host("a").minInSync(1));
        GridNode<String, String> b = startReady(member("b", a));

        assertRefused(member("c", a).lease(Duration.ofSeconds(2)), "lease", "3000 ms", "2000 ms", "'a'", "'c'");
        assertRefused(
                asMember(GridNode.builder("other", String.class, String.class), "c", a.address()), "'grid'", "'other'");
        assertRefused(member("a", a).dataRoot(directory.resolve("twin")), "node id 'a'", "in use");
        assertRefused(member("c", a).minInSync(2), "minInSync", "1", "2");
        assertRefused(member("c", a).leasedReads(false), "leasedReads", "true", "false", "'a'", "'c'");

        GridNode<String, String> c = startReady(member("c", a));
        join(c.insert("k", "v", PATIENT));
        assertThat(join(b.get("k"))).contains("v");
    }

    @Test
    void twinOfASecondaryIsRefusedWhileThatLives() {
        GridNode<String, String> a = startReady(host("a"));
        GridNode<String, String> b = startReady(member("b", a));
        awaitInSync(a, "a", "b");
        Path elsewhere = directory.resolve("twin");

        assertRefused(member("b", a).dataRoot(elsewhere), "node id 'b'", "in use", b.address());

        assertThat(a.view().inSync()).containsExactlyInAnyOrder(a.id(), b.id());
        join(a.insert("k", "v", PATIENT));
        assertThat(join(b.get("k"))).contains("v");
        b.close();
        startReady(member("b", a).dataRoot(elsewhere)); // its directory was replaced
        awaitInSync(a, "a", "b");
    }

    private void assertRefused(GridNodeBuilder<String, String> builder, String... reason) {
        GridNode<String, String> node = start(builder.operationTimeout(Duration.ofMillis(500)));
        OperationFailedException write = operationFailureOf(node.insert("k", "v"));
        OperationFailedException read = operationFailureOf(node.get("k"));

        assertThat(List.of(write, read)).allSatisfy(failure -> {
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(failure).hasMessageContainingAll(reason);
        });
        assertThatThrownBy(() -> node.peek("k")).hasMessageContainingAll(reason);
        node.close();
    }
}
