package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridClosedException;
import io.kvgrid.GridNode;
import io.kvgrid.GridStartException;
import io.kvgrid.GridView;
import io.kvgrid.NotReadyException;
import io.kvgrid.OperationAck;
import io.kvgrid.OperationTimeoutException;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Role;
import io.kvgrid.WriteOptions;
import io.kvgrid.examples.demo.FreePorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where the application's code runs, and that it cannot harm the node. */
class CallbacksTest extends GridTest {
    @Test
    void futuresAndListenersRunOnTheExecutorGiven() {
        ExecutorService own = Executors.newSingleThreadExecutor(task -> new Thread(task, "application"));
        closedAfterTest(own::shutdownNow);
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        GridNode<String, String> a = start(host("a")
                .callbackExecutor(own)
                .listener(view -> threads.add(Thread.currentThread().getName())));
        List<CompletableFuture<?>> noted = new ArrayList<>();
        noted.add(a.ready().thenRun(() -> threads.add(Thread.currentThread().getName())));
        // given before the node serves, so that none is complete before its callback is attached
        noted.add(a.insert("k", "v", PATIENT)
                .thenRun(() -> threads.add(Thread.currentThread().getName())));
        noted.add(a.get("k").thenRun(() -> threads.add(Thread.currentThread().getName())));
        noted.forEach(GridTest::join);

        assertThat(threads).hasSizeGreaterThan(3).containsOnly("application");
    }

    @Test
    void futuresCompleteOnTheNodesCallbackThreadsOtherwise() {
        GridNode<String, String> a = start(host("a"));

        String thread = join(a.insert("k", "v", PATIENT)
                .thenApply(ack -> Thread.currentThread().getName()));

        assertThat(thread).startsWith("kvgrid-a-callback-");
    }

    @Test
    void executorThatRefusesKeepsNoFutureOpen() {
        ExecutorService dead = Executors.newSingleThreadExecutor();
        dead.shutdown();

        GridNode<String, String> a = start(host("a").callbackExecutor(dead));

        join(a.ready());
        join(a.insert("k", "v"));
        assertThat(join(a.get("k"))).contains("v");
    }

    @Test
    void callbacksThatBlockDoNotStopTheNode() throws Exception {
        GridNode<String, String> a = startReady(host("a"));
        GridNode<String, String> b = startReady(member("b", a));
        awaitInSync(a, "a", "b");
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(2);
        List<CompletableFuture<Void>> blocking = new ArrayList<>();
        while (blocked.getCount() > 0) { // until all of b's callback threads stand still
            CompletableFuture<OperationAck> write = b.insert("k", "v", PATIENT);
            blocking.add(write.thenRun(() -> {
                if (Thread.currentThread().getName().startsWith("kvgrid-b-callback")) {
                    blocked.countDown();
                    awaitQuietly(release);
                }
            }));
            join(a.insert("other", "v", PATIENT));
        }

        OperationAck last = join(a.insert("last", "v", PATIENT));

        assertThat(a.view().inSync()).as("b acknowledges all the while").contains(b.id());
        assertThat(b.view().commitLsn()).isGreaterThanOrEqualTo(0);
        CompletableFuture<?> open = b.get("last", ReadConsistency.atLeast(last.version()));
        release.countDown();
        join(open);
        blocking.forEach(GridTest::join);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void listenerThatThrowsIsTheOnlyOneToMissAnything() {
        CompletableFuture<GridView> told = new CompletableFuture<>(); // the first view may be of a primary already
        GridNode<String, String> a = startReady(host("a")
                .listener(view -> {
                    throw new IllegalStateException("an application's mistake");
                })
                .listener(view -> {
                    if (view.role() == Role.PRIMARY) {
                        told.complete(view);
                    }
                }));

        join(told);
        join(a.insert("k", "v"));
    }

    /** The future itself, so that {@code whenComplete} sees it as it is (design, section 4). */
    @Test
    void failuresReachCallbacksUnwrapped() {
        int nobody = FreePorts.find(1)[0];
        GridNode<String, String> lonely =
                start(asMember(GridNode.builder(GRID, String.class, String.class), "b", "127.0.0.1:" + nobody)
                        .operationTimeout(Duration.ofMillis(50)));

        assertThat(seenBy(lonely.insert("k", "v"))).isInstanceOf(OperationTimeoutException.class);
        assertThat(seenBy(lonely.remove("k", WriteOptions.DEFAULT))).isInstanceOf(OperationTimeoutException.class);
        assertThat(seenBy(lonely.get("k"))).isInstanceOf(OperationTimeoutException.class);
        assertThat(seenBy(lonely.get("k", ReadConsistency.LOCAL))).isInstanceOf(NotReadyException.class);
        assertThat(seenBy(lonely.getVersioned("k", ReadConsistency.atLeast(1))))
                .isInstanceOf(OperationTimeoutException.class);
        CompletableFuture<Void> ready = lonely.ready();
        lonely.close();
        assertThat(seenBy(ready)).isInstanceOf(GridStartException.class);
        assertThat(seenBy(lonely.ready())).isInstanceOf(GridStartException.class);
        assertThat(seenBy(lonely.get("k"))).isInstanceOf(GridClosedException.class);
        assertThat(seenBy(lonely.get("k", ReadConsistency.LOCAL))).isInstanceOf(GridClosedException.class);
    }

    private static @Nullable Throwable seenBy(CompletableFuture<?> future) {
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        var unused = future.whenComplete((value, failure) -> seen.complete(failure));
        return join(seen);
    }
}
