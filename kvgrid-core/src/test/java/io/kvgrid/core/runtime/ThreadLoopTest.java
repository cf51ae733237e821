package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ThreadLoopTest {
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final ThreadLoop loop = ThreadLoop.start(new NodeId("t1"), failures::add);

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void tasksOfEachThreadRunInOrderAndNeverTwoAtOnce() throws Exception {
        int perThread = 50_000;
        List<List<Integer>> seen = List.of(new ArrayList<>(), new ArrayList<>());
        CountDownLatch done = new CountDownLatch(2 * perThread);
        List<Thread> producers = new ArrayList<>();
        for (List<Integer> mine : seen) {
            Thread producer = new Thread(() -> {
                for (int i = 0; i < perThread; i++) {
                    int number = i;
                    loop.execute(() -> {
                        mine.add(number); // no lock: one thread runs them all
                        done.countDown();
                    });
                }
            });
            producers.add(producer);
            producer.start();
        }

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(seen.get(0)).hasSize(perThread).isSorted();
        assertThat(seen.get(1)).hasSize(perThread).isSorted();
        for (Thread producer : producers) {
            producer.join();
        }
    }

    @Test
    void timersComeInTheOrderOfTheirTimesAndNotBefore() throws Exception {
        BlockingQueue<String> ran = new LinkedBlockingQueue<>();
        long start = loop.nanoTime();
        loop.schedule(30_000_000, () -> ran.add("30"));
        loop.schedule(10_000_000, () -> ran.add("10"));
        Loop.Cancellable never = loop.schedule(20_000_000, () -> ran.add("20"));
        loop.execute(never::cancel);

        assertThat(ran.poll(10, TimeUnit.SECONDS)).isEqualTo("10");
        assertThat(ran.poll(10, TimeUnit.SECONDS)).isEqualTo("30");
        assertThat(loop.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
    }

    @Test
    void whatATaskThrowsGoesToTheHandlerAndTheLoopGoesOn() throws Exception {
        Error error = new OutOfMemoryError("injected");
        CountDownLatch after = new CountDownLatch(1);

        loop.execute(() -> {
            throw error;
        });
        loop.execute(after::countDown);

        assertThat(failures.poll(10, TimeUnit.SECONDS)).isSameAs(error);
        assertThat(after.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptNeitherEndsTheLoopNorKeepsItBusy() throws Exception {
        Thread thread = loopThread();

        thread.interrupt();
        runAndWait(() -> {});

        assertThat(awaitParked(thread)).isTrue();
        assertThat(thread.getName()).isEqualTo("kvgrid-t1-loop");
    }

    @Test
    void anIdleLoopIsParkedThroughout() throws Exception {
        Thread thread = loopThread();
        assertThat(awaitParked(thread)).isTrue();
        CountDownLatch timer = new CountDownLatch(1);
        loop.schedule(300_000_000, timer::countDown);
        int samples = 0;
        int running = 0;

        while (!timer.await(1, TimeUnit.MILLISECONDS)) {
            samples++;
            running += thread.getState() == Thread.State.RUNNABLE ? 1 : 0;
        }

        assertThat(running).isLessThan(samples / 4 + 5);
    }

    @Test
    void closeRunsWhatWasGivenAndEndsTheThread() throws Exception {
        Thread thread = loopThread();
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            loop.execute(() -> ran.add(number));
        }

        loop.close();

        assertThat(ran).hasSize(10_000);
        assertThat(thread.isAlive()).isFalse();
        loop.execute(() -> ran.add(-1));
        loop.schedule(0, () -> ran.add(-1));
        assertThat(ran).hasSize(10_000);
    }

    private Thread loopThread() throws InterruptedException {
        BlockingQueue<Thread> found = new LinkedBlockingQueue<>();
        loop.execute(() -> found.add(Thread.currentThread()));
        return found.take();
    }

    private void runAndWait(Runnable task) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(task);
        loop.execute(done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static boolean awaitParked(Thread thread) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() - deadline < 0) {
            Thread.State state = thread.getState();
            if (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }
}
