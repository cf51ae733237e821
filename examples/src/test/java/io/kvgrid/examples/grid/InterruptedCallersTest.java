package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.GridNode;
import io.kvgrid.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The application interrupts its own threads while they use the node: the node's files must not notice (S17). */
class InterruptedCallersTest extends GridTest {
    private static final int INTERRUPTS = 10_000;
    private static final int USERS = 4;

    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger injected = new AtomicInteger();
    /** Which user has made a call since it was interrupted. */
    private final AtomicIntegerArray calls = new AtomicIntegerArray(USERS);

    private final AtomicLong noticed = new AtomicLong();

    @Test
    void interruptsOfThreadsThatInsertLeaveTheStoreOpen() throws Exception {
        GridNode<String, String> node = startReady(host("a"));
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        List<Thread> users = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            int number = i;
            String name = "user" + i;
            CompletableFuture<Void> ended = new CompletableFuture<>();
            ends.add(ended);
            users.add(new Thread(() -> use(node, number, ended), name));
        }
        users.forEach(Thread::start);
        while (injected.get() < INTERRUPTS) {
            for (Thread user : users) {
                if (calls.getAndSet(users.indexOf(user), 0) > 0) { // one for each call: the others are its load
                    user.interrupt();
                    injected.incrementAndGet();
                }
            }
            Thread.onSpinWait();
        }
        for (CompletableFuture<Void> end : ends) {
            join(end);
        }

        assertThat(node.view().role()).isEqualTo(Role.PRIMARY);
        join(node.insert("after", "all", PATIENT));
        node.close();
        System.out.println("INJECTED interrupts of user threads: " + injected + ", of which " + noticed
                + " ended a wait; " + acknowledged.size() + " keys acknowledged");
        assertThat(noticed.get()).isGreaterThan(INTERRUPTS / 20);
        GridNode<String, String> again = startReady(host("a"));
        assertThat(join(again.get("after"))).contains("all");
        acknowledged.forEach(
                (key, value) -> assertThat(join(again.get(key))).as(key).contains(value));
    }

    private void use(GridNode<String, String> node, int number, CompletableFuture<Void> ended) {
        try {
            for (int i = 0; injected.get() < INTERRUPTS; i++) {
                String key = "user" + number + "-" + i % 500;
                String value = "v" + i;
                CompletableFuture<?> insert = node.insert(key, value, PATIENT);
                calls.incrementAndGet(number);
                try {
                    insert.get();
                } catch (InterruptedException e) {
                    noticed.incrementAndGet();
                    insert.join(); // heeds no interrupt: what is under way goes on
                }
                acknowledged.put(key, value);
                if (i % 10 == 0) {
                    assertThat(node.peek(key)).isEqualTo(value);
                }
            }
            ended.complete(null);
        } catch (ExecutionException | RuntimeException | AssertionError e) {
            ended.completeExceptionally(e);
        }
    }
}
