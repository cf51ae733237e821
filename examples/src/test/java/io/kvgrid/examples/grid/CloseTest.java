package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvgrid.GridClosedException;
import io.kvgrid.GridNode;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationFailedException;
import io.kvgrid.OperationId;
import io.kvgrid.Outcome;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Role;
import io.kvgrid.WriteOptions;
import io.kvgrid.persistence.file.FilePersistence;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How nodes end. */
class CloseTest extends GridTest {
    @Test
    void nothingIsLeftWhenCloseReturns() throws Exception {
        List<GridNode<String, String>> nodes = startThree();
        join(nodes.get(2).insert("k", "v"));

        for (int last = 2; last >= 0; last--) {
            GridNode<String, String> node = nodes.get(last);
            node.close();

            assertNoThreadIsLeft("kvgrid-" + node.id() + "-");
            assertThat(node.view().role()).isEqualTo(Role.CLOSED);
        }
        assertNoThreadIsLeft();
    }

    @Test
    void operationsOfAClosedNodeFailAtOnce() {
        GridNode<String, String> node = startReady(host("a"));
        join(node.insert("k", "v"));
        node.close();
        node.close();
        OperationId id = new OperationId(UUID.randomUUID(), 1);

        for (CompletableFuture<?> operation : List.of(
                node.insert("k", "w"),
                node.remove("k"),
                node.get("k"),
                node.get("k", ReadConsistency.LOCAL),
                node.get("k", ReadConsistency.atLeast(1)),
                node.map("other", String.class, String.class).insert("k", "v"))) {
            OperationFailedException failure = operationFailureOf(operation);
            assertThat(failure).isInstanceOf(GridClosedException.class).hasMessageContaining("closed");
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        }
        assertThatThrownBy(() -> node.peek("k")).isInstanceOf(GridClosedException.class);
        OperationFailedException repeated =
                operationFailureOf(node.insert("k", "v", WriteOptions.DEFAULT.operationId(id)));
        assertThat(repeated.outcome()).as("of all attempts with that id").isEqualTo(Outcome.UNKNOWN);
        assertThat(repeated.id()).contains(id);
    }

    @Test
    void writesUnderWayAreFinished() {
        GridNode<String, String> node = startReady(host("a"));
        List<CompletableFuture<OperationAck>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            writes.add(node.insert("k" + i, "v"));
        }

        node.close();

        assertThat(writes).allSatisfy(write -> assertThat(join(write).version()).isPositive());
        GridNode<String, String> again = startReady(host("a"));
        assertThat(again.view().entries()).isEqualTo(200);
    }

    @Test
    void closeFromACallbackOfTheNodeDoesNotDeadlock() throws Exception {
        GridNode<String, String> byWrite = start(host("a"));
        join(byWrite.insert("k", "v", PATIENT).thenRun(byWrite::close));
        assertThat(byWrite.view().role()).isEqualTo(Role.CLOSED);
        assertNoThreadIsLeft();

        GridNode<String, String> byReady = start(host("a"));
        join(byReady.ready().thenRun(byReady::close));
        assertThat(byReady.view().role()).isEqualTo(Role.CLOSED);
        assertNoThreadIsLeft();

        CompletableFuture<Void> closed = new CompletableFuture<>();
        CompletableFuture<GridNode<String, String>> handle = new CompletableFuture<>();
        GridNode<String, String> byListener = start(host("a").listener(view -> {
            if (view.role() == Role.PRIMARY) {
                join(handle).close();
                closed.complete(null);
            }
        }));
        handle.complete(byListener);
        join(closed);
        assertThat(byListener.view().role()).isEqualTo(Role.CLOSED);
        assertNoThreadIsLeft();
    }

    /** An executor that runs callbacks where they arise makes them part of the protocol's thread. */
    @Test
    void closeOnTheProtocolsOwnThreadDoesNotDeadlock() throws Exception {
        GridNode<String, String> node = start(host("a").callbackExecutor(Runnable::run));
        CompletableFuture<Void> closing = node.insert("k", "v", PATIENT).thenRun(node::close);

        join(closing);

        assertNoThreadIsLeft();
        assertThat(node.view().role()).isEqualTo(Role.CLOSED);
        assertThat(join(startReady(host("a")).get("k"))).contains("v");
    }

    @Test
    void manyThreadsMayCloseAtOnce() {
        GridNode<String, String> node = startReady(host("a"));

        List<CompletableFuture<Void>> closes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            closes.add(CompletableFuture.runAsync(node::close));
        }

        closes.forEach(GridTest::join);
        assertThat(node.view().role()).isEqualTo(Role.CLOSED);
    }

    @Test
    void closeBeforeReadyFailsReadyAndWhatWaits() {
        GridNode<String, String> first = startReady(host("a"));
        String address = first.address();
        first.close();
        GridNode<String, String> node =
                start(asMember(GridNode.builder(GRID, String.class, String.class), "b", address));
        CompletableFuture<OperationAck> waiting = node.insert("k", "v", PATIENT);

        long start = System.nanoTime();
        node.close();

        assertThat(failureOf(node.ready())).hasMessageContaining("closed before it was ready");
        assertThat(operationFailureOf(waiting).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(secondsSince(start)).isLessThan(5);
    }

    @Test
    void closeIsBoundedWhenTheDiskHangs() {
        ControlledPersistence disk = new ControlledPersistence(FilePersistence.in(directory.resolve("disk")));
        GridNode<String, String> node = startReady(host("a").persistence(disk));
        disk.hold();
        disk.hangAtClose();
        CompletableFuture<OperationAck> write = node.insert("k", "v", PATIENT);
        join(disk.holdsAppend());

        long start = System.nanoTime();
        node.close();
        long seconds = secondsSince(start);
        disk.release();
        disk.letCloseReturn();

        assertThat(seconds).as("seconds of close").isLessThan(10);
        OperationFailedException failure = operationFailureOf(write);
        assertThat(failure).isInstanceOf(GridClosedException.class);
        assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void closeIsBoundedWhenACallbackDoesNotEnd() {
        GridNode<String, String> node = startReady(host("a"));
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Void> stuck = new CompletableFuture<>();
        // a listener: a future that is complete already would call back on this very thread
        node.addListener(view -> {
            if (stuck.complete(null)) { // its last view may come on the common pool, which is not this test's to block
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        join(stuck);

        long start = System.nanoTime();
        node.close();

        assertThat(secondsSince(start)).isLessThan(10);
    }

    @Test
    void interruptOfTheClosingThreadLeavesNothingHalfClosed() throws Exception {
        GridNode<String, String> node = startReady(host("a"));
        join(node.insert("k", "v"));
        CompletableFuture<Boolean> stillInterrupted = new CompletableFuture<>();
        Thread closer = new Thread(() -> {
            Thread.currentThread().interrupt();
            node.close();
            stillInterrupted.complete(Thread.currentThread().isInterrupted());
        });
        closer.start();

        assertThat(join(stillInterrupted)).isTrue();
        closer.join();
        assertNoThreadIsLeft();
        assertThat(join(startReady(host("a")).get("k"))).contains("v");
    }

    @Test
    void callersThatAreInterruptedAgainAndAgainDoNotHarmTheNode() {
        GridNode<String, String> node = startReady(host("a"));
        ScheduledExecutorService interrupter = Executors.newSingleThreadScheduledExecutor();
        Thread caller = Thread.currentThread();
        var interrupts = interrupter.scheduleAtFixedRate(caller::interrupt, 0, 200, TimeUnit.MICROSECONDS);

        CompletableFuture<OperationAck> last = node.insert("k", "v", PATIENT);
        for (int i = 0; i < 2_000; i++) { // S17
            last = node.insert("k" + i, "v", PATIENT);
        }

        interrupts.cancel(false);
        interrupter.shutdown();
        while (!interrupter.isTerminated() || Thread.interrupted()) {
            Thread.onSpinWait();
        }
        join(last);
        assertThat(node.view().entries()).isEqualTo(2_001);
    }

    private static long secondsSince(long startNanos) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    }
}
