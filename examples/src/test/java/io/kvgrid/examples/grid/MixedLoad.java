package io.kvgrid.examples.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvgrid.GridClosedException;
import io.kvgrid.GridNode;
import io.kvgrid.OperationAck;
import io.kvgrid.Outcome;
import io.kvgrid.ReadConsistency;
import io.kvgrid.Versioned;
import io.kvgrid.WriteOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Clients that insert, write under conditions that hold, remove, and read after each write what it made of the key
 * (linearizable), each operation on the next node in turn, whether that one is being closed or not. One operation of a client
 * begins when the one before has ended, and no two clients share a key: each knows what every answer has to be. A client ends with
 * the first wrong or missing one.
 */
final class MixedLoad {
    private static final int CLIENTS = 6;
    private static final int KEYS = 20;
    private static final long LIMIT_SECONDS = 30;

    /** One run of a node, from the moment it is ready. */
    private static final class Run {
        private final GridNode<String, String> node;
        private volatile boolean closing;

        Run(GridNode<String, String> node) {
            this.node = node;
        }
    }

    private final List<Run> runs = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final List<Client> clients = new ArrayList<>();
    private final List<Future<?>> ends = new ArrayList<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile boolean stopped;

    private MixedLoad() {}

    /** Begins on {@code nodes}, which are ready. */
    static MixedLoad on(List<GridNode<String, String>> nodes) {
        MixedLoad load = new MixedLoad();
        nodes.forEach(node -> load.runs.add(new Run(node)));
        for (int i = 0; i < CLIENTS; i++) {
            Client client = load.new Client(i);
            load.clients.add(client);
            load.ends.add(load.threads.submit(client::run));
        }
        return load;
    }

    /** From now on {@code node} may refuse what it is asked, and nothing else. To be said before its {@code close()}. */
    void closing(int node) {
        runs.get(node).closing = true;
    }

    /** {@code node} is there again, as {@code again}, and may refuse nothing. */
    void reopened(int node, GridNode<String, String> again) {
        runs.set(node, new Run(again));
    }

    /** Waits for that many more operations, or a failure. */
    void more(int operations) {
        long enough = done.get() + operations;
        await().atMost(Duration.ofSeconds(LIMIT_SECONDS))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> done.get() >= enough || !failures.isEmpty());
    }

    /** Ends all clients, each with what it has under way. */
    void stop() {
        stopped = true;
        ends.forEach(GridTest::join);
        threads.shutdown();
    }

    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** How many operations were refused by nodes whose {@code close()} had begun. */
    long refused() {
        return refused.get();
    }

    /** Every key is on {@code node} what the last acknowledged write made of it. */
    void assertKeptBy(GridNode<String, String> node) {
        for (Client client : clients) {
            client.expected.forEach(
                    (key, expected) -> assertThat(GridTest.join(node.getVersioned(key, ReadConsistency.LINEARIZABLE)))
                            .as("%s on %s", key, node.id())
                            .isEqualTo(expected));
        }
    }

    private final class Client {
        private final int number;
        /** What the last acknowledged write of each key made of it. Read by others once this client has ended. */
        private final Map<String, Optional<Versioned<String>>> expected = new HashMap<>();

        private int turn;

        Client(int number) {
            this.number = number;
            this.turn = number;
        }

        void run() {
            try {
                for (int round = 0; !stopped; round++) {
                    String key = "client-" + number + "-" + round % KEYS;
                    insert(key, "a" + round, unchanged(key));
                    insert(key, "b" + round, WriteOptions.DEFAULT);
                    if (round % 2 == 0) {
                        remove(key, round % 4 == 0 ? WriteOptions.DEFAULT : WriteOptions.DEFAULT.ifPresent());
                    }
                }
            } catch (Throwable e) {
                failures.add(e);
            }
        }

        /** A condition that holds, for this client alone writes {@code key}. */
        private WriteOptions unchanged(String key) {
            return expected.getOrDefault(key, Optional.empty())
                    .map(known -> WriteOptions.DEFAULT.ifVersion(known.version()))
                    .orElse(WriteOptions.DEFAULT.ifAbsent());
        }

        private void insert(String key, String value, WriteOptions options) throws InterruptedException {
            OperationAck ack =
                    ask("insert " + options.condition() + " " + key, node -> node.insert(key, value, options));
            written(key, Optional.of(new Versioned<>(value, ack.version())));
        }

        private void remove(String key, WriteOptions options) throws InterruptedException {
            ask("remove " + options.condition() + " " + key, node -> node.remove(key, options));
            written(key, Optional.empty());
        }

        private void written(String key, Optional<Versioned<String>> now) throws InterruptedException {
            expected.put(key, now);
            Optional<Versioned<String>> seen =
                    ask("get " + key, node -> node.getVersioned(key, ReadConsistency.LINEARIZABLE));
            assertThat(seen).as(key).isEqualTo(now);
        }

        /** The answer of the next node that does not refuse. */
        private <T> T ask(String what, Function<GridNode<String, String>, CompletableFuture<T>> operation)
                throws InterruptedException {
            while (true) {
                Run run = runs.get(turn++ % runs.size());
                long start = System.nanoTime();
                CompletableFuture<T> answer = operation.apply(run.node);
                boolean mayRefuse = run.closing; // false: it was asked before close() began
                try {
                    T value = answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
                    done.incrementAndGet();
                    return value;
                } catch (ExecutionException | TimeoutException e) {
                    if (!mayRefuse || !isRefusal(e.getCause())) {
                        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                        throw new AssertionError(
                                what + " on " + run.node.id() + " after " + millis + " ms, closing " + mayRefuse + ": "
                                        + e.getCause(),
                                e);
                    }
                    refused.incrementAndGet();
                }
            }
        }

        private static boolean isRefusal(@Nullable Throwable failure) {
            return failure instanceof GridClosedException closed && closed.outcome() == Outcome.NOT_APPLIED;
        }
    }
}
