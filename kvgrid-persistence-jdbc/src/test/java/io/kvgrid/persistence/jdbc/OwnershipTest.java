package io.kvgrid.persistence.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.StoreInUseException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** S21 without a file to lock: one owner, who is replaced when it is dead, and stopped when it was thought to be. */
class OwnershipTest {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final Duration LEASE = Duration.ofSeconds(1);

    private final JdbcDataSource database = new JdbcDataSource();

    OwnershipTest() {
        database.setUrl("jdbc:h2:mem:ownership-" + DATABASES.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
    }

    private JdbcPersistence persistence(FaultyDataSource source) {
        return JdbcPersistence.builder(source).lease(LEASE).build();
    }

    @Test
    void ownerThatIsIdleForSeveralLeasesKeepsItsTables() throws Exception {
        FaultyDataSource source = new FaultyDataSource(database);
        try (Store first = new Store(persistence(source))) {
            long before = beat();
            awaitBeat(before + 12); // three leases of four beats

            assertThatExceptionOfType(StoreInUseException.class)
                    .isThrownBy(
                            () -> persistence(new FaultyDataSource(database)).open())
                    .withMessageContaining("process " + ProcessHandle.current().pid());
            first.put("k", "v");
        }
        assertThat(source.connections).hasValue(1);
    }

    @Test
    void tablesOfADeadOwnerAreFreeAfterALease() throws Exception {
        FaultyDataSource process = new FaultyDataSource(database);
        Store first = new Store(persistence(process));
        first.put("k", "v");
        process.die();

        long start = System.nanoTime();
        try (Store next = new Store(persistence(new FaultyDataSource(database)))) {
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(LEASE.toNanos());
            assertThat(next.last()).isEqualTo(first.chain.last());
        }
        first.close();
    }

    @Test
    void tablesThatWereLetGoAreFreeAtOnce() throws Exception {
        new Store(persistence(new FaultyDataSource(database))).close();

        try (Statement owner = database.getConnection().createStatement();
                ResultSet row = owner.executeQuery("SELECT owner FROM kvgrid_owner")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isNull();
        }
    }

    /** Nothing that the sleeper does afterwards changes a row, whatever it had begun. */
    @Test
    void ownerThatOnlySleptIsStopped() throws Exception {
        FaultyDataSource source = new FaultyDataSource(database);
        Store sleeper = new Store(persistence(source));
        sleeper.put("k", "v");
        update("UPDATE kvgrid_owner SET owner = NULL, beat = beat + 1"); // as one who saw it asleep does

        try (Store next = new Store(persistence(new FaultyDataSource(database)))) {
            next.put("k", "of the next");

            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(PersistenceException.class)
                        .isThrownBy(() -> sleeper.put("k", "of the sleeper"))
                        .matches(e -> !e.isRetryable())
                        .withMessageContaining("taken over");
            }
            sleeper.close(); // does not let go what is another's

            next.put("k", "of the next, again");
        }
        try (Store last = new Store(persistence(new FaultyDataSource(database)))) {
            assertThat(last.found.records()).hasSize(3);
        }
    }

    @Test
    void databaseThatFellBackIsNoticed() throws Exception {
        Store store = new Store(persistence(new FaultyDataSource(database)));
        store.put("k", "v");
        long before = beat();
        store.put("k", "lost by the database");
        update("DELETE FROM kvgrid WHERE row_key = X'040000000000000002'");
        update("UPDATE kvgrid_owner SET beat = " + before);

        assertThatExceptionOfType(PersistenceException.class)
                .isThrownBy(() -> store.put("k", "built on what is lost"))
                .matches(e -> !e.isRetryable())
                .withMessageContaining("the database has lost what it had committed");
        store.close();
    }

    /** Two that find the same dead owner: the row decides. */
    @Test
    void onlyOneOfManyTakesTheTables() throws Exception {
        FaultyDataSource process = new FaultyDataSource(database);
        Store dead = new Store(persistence(process));
        process.die();
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger opened = new AtomicInteger();
        Thread[] all = new Thread[4];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Thread(() -> {
                JdbcPersistence one = persistence(new FaultyDataSource(database));
                try {
                    one.open();
                    opened.incrementAndGet();
                } catch (StoreInUseException e) {
                    refused.incrementAndGet();
                }
            });
            all[i].start();
        }
        for (Thread thread : all) {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        }

        assertThat(opened).hasValue(1);
        assertThat(refused).hasValue(3);
        dead.close();
    }

    private void awaitBeat(long wanted) throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (beat() < wanted && System.nanoTime() < end) {
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(beat()).isGreaterThanOrEqualTo(wanted);
    }

    private long beat() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT beat FROM kvgrid_owner")) {
            row.next();
            return row.getLong(1);
        }
    }

    private void update(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
