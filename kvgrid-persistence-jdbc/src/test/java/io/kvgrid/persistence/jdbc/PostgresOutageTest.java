package io.kvgrid.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.PersistenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real PostgreSQL is killed, and frozen, while it is used. */
@Timeout(120)
class PostgresOutageTest {
    private static final int KILLS = 2;
    private static final int MAX_REPETITIONS = 3_000;

    private final ExecutorService writer = Executors.newSingleThreadExecutor();
    private static final AtomicInteger TABLES = new AtomicInteger();

    private final String table = "outage" + TABLES.incrementAndGet();
    private final PostgresServer server = PostgresServer.shared();

    @AfterEach
    void stop() {
        writer.shutdown();
    }

    private JdbcPersistence persistence() {
        return JdbcPersistence.builder(server.dataSource())
                .table(table)
                .timeout(Duration.ofSeconds(1))
                .build();
    }

    /** The server's synchronous_commit is off: what is found again was asked for by the store itself (S1). */
    @Test
    void whatWasAcknowledgedBeforeTheServerWasKilledIsThereWhenItIsBack() throws Exception {
        Store store = new Store(persistence());
        AtomicLong acknowledged = new AtomicLong();
        AtomicLong wanted = new AtomicLong(Long.MAX_VALUE);
        AtomicLong failures = new AtomicLong();
        Future<List<LogRecord>> load = writer.submit(() -> {
            List<LogRecord> all = new ArrayList<>();
            while (acknowledged.get() < wanted.get()) {
                List<LogRecord> records = store.chain.puts(10);
                all.addAll(records);
                repeat(store, records, failures);
                store.commit();
                acknowledged.addAndGet(records.size());
            }
            return all;
        });
        for (int kill = 1; kill <= KILLS; kill++) {
            await(load, acknowledged, acknowledged.get() + 300);
            server.kill();
            await(load, failures, failures.get() + 3);
            server.restart();
        }
        wanted.set(acknowledged.get() + 300);
        List<LogRecord> all = load.get();
        store.close();

        try (Store again = new Store(persistence())) {
            System.out.println("injected: " + KILLS + " kills of PostgreSQL; " + failures + " calls failed, "
                    + all.size() + " records acknowledged, all found");
            assertThat(again.last()).isEqualTo(all.get(all.size() - 1).id());
            assertThat(again.found.entries().size() + again.found.records().size())
                    .isEqualTo(all.size()); // each has its own key
        }
    }

    private static void repeat(Store store, List<LogRecord> records, AtomicLong failures) throws Exception {
        for (int repetition = 0; ; repetition++) {
            try {
                Store.get(store.persistence.append(records));
                return;
            } catch (PersistenceException e) {
                assertThat(e.isRetryable() && repetition < MAX_REPETITIONS)
                        .as("%s, repeated %s times", e, repetition)
                        .isTrue();
                failures.incrementAndGet();
                LockSupport.parkNanos(10_000_000); // a node waits for ten times as long
            }
        }
    }

    @Test
    void frozenServerFailsCallsInTimeAndGoesOn() throws Exception {
        Store store = new Store(persistence());
        store.put("k", "before");
        List<LogRecord> records = store.chain.puts(1);
        server.freeze();
        try {
            long start = System.nanoTime();
            assertThatExceptionOfType(PersistenceException.class)
                    .isThrownBy(() -> Store.get(store.persistence.append(records)))
                    .matches(PersistenceException::isRetryable);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        } finally {
            server.thaw();
        }

        store.append(records);
        store.close();

        try (Store again = new Store(persistence())) {
            assertThat(again.found.records()).hasSize(2);
        }
    }

    @Test
    void closeEndsWhileTheServerIsFrozen() throws Exception {
        Store store = new Store(persistence());
        CompletionStage<Void> append;
        server.freeze();
        try {
            append = store.persistence.append(store.chain.puts(1));
            long start = System.nanoTime();
            store.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        } finally {
            server.thaw();
        }

        assertThatExceptionOfType(PersistenceException.class).isThrownBy(() -> Store.get(append));
    }

    private static void await(Future<?> load, AtomicLong number, long wanted) throws Exception {
        while (number.get() < wanted) {
            if (load.isDone()) {
                load.get(); // says why
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
