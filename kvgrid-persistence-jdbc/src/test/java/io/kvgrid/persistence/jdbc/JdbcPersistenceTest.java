package io.kvgrid.persistence.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings, tables, threads and the end, over H2 in memory. */
class JdbcPersistenceTest {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String url = "jdbc:h2:mem:persistence-" + DATABASES.incrementAndGet();
    private final FaultyDataSource database = new FaultyDataSource(as("", ""));

    @BeforeEach
    void keepDatabaseWhenNobodyIsConnected() throws SQLException {
        execute("SET DB_CLOSE_DELAY -1");
    }

    private JdbcDataSource as(String user, String password) {
        JdbcDataSource source = new JdbcDataSource();
        source.setUrl(url);
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = as("", "").getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void unknownProductIsRefusedUnlessItsDialectIsGiven() throws Exception {
        database.product("Some Database");

        assertThatExceptionOfType(PersistenceException.class)
                .isThrownBy(() -> JdbcPersistence.in(database).open())
                .withMessageContaining("'Some Database'")
                .withMessageContaining("PostgreSQL and H2")
                .withMessageContaining("dialect");
        new Store(JdbcPersistence.builder(database).dialect(JdbcDialect.h2()).build()).close();
    }

    @Test
    void missingTablesThatCannotBeCreatedAreNamedWithTheirStatements() throws Exception {
        execute("CREATE USER guest PASSWORD 'guest'");

        assertThatExceptionOfType(PersistenceException.class)
                .isThrownBy(() -> JdbcPersistence.in(as("guest", "guest")).open())
                .matches(e -> !e.isRetryable())
                .withMessageContaining("CREATE TABLE kvgrid (")
                .withMessageContaining("CREATE TABLE kvgrid_owner (")
                .withMessageContaining("CREATE VIEW kvgrid_entries");
    }

    @Test
    void tablesThatSomebodyElseCreatedAreUsed() throws Exception {
        execute("CREATE SCHEMA grids");
        execute(JdbcDialect.h2().createStatements("grids.orders").toArray(String[]::new));

        try (Store store = new Store(
                JdbcPersistence.builder(database).table("grids.orders").build())) {
            store.put("k", "v");
        }
    }

    @Test
    void tableWhoseRowsAreNotOursIsRefused() throws Exception {
        execute(JdbcDialect.h2().createStatements("kvgrid").toArray(String[]::new));
        execute("INSERT INTO kvgrid VALUES (X'77', NULL, X'77')");

        assertThatExceptionOfType(CorruptLogException.class)
                .isThrownBy(() -> JdbcPersistence.in(database).open());
    }

    @Test
    void tableDroppedUnderWayIsTheEnd() throws Exception {
        Store store = new Store(JdbcPersistence.in(database));
        execute("DROP VIEW kvgrid_entries", "DROP TABLE kvgrid");

        assertThatExceptionOfType(PersistenceException.class)
                .isThrownBy(() -> store.put("k", "v"))
                .matches(e -> !e.isRetryable())
                .withMessageContaining("42");
        store.close();
    }

    /** X11. */
    @Test
    void valuesThatTheDatabaseRefusesAreNotTold() throws Exception {
        Store store = new Store(JdbcPersistence.in(database));
        execute("ALTER TABLE kvgrid ADD CHECK (OCTET_LENGTH(row_value) < 150)");

        assertThatExceptionOfType(PersistenceException.class)
                .isThrownBy(() -> store.put("k", "canary".repeat(20)))
                .matches(e -> !e.isRetryable())
                .satisfies(e -> {
                    for (Throwable at = e; at != null; at = at.getCause()) {
                        assertThat(at.toString())
                                .contains("23")
                                .doesNotContain("canary")
                                .doesNotContain("63616e617279"); // in hex
                    }
                });
        store.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a;DROP TABLE b", "\"a\"", "a.b.c", "1a", "a'", "a-b", "ä", "a.", ".a"})
    void namesThatAreMoreThanNamesAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcPersistence.builder(database).table(name));
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        JdbcPersistence.Builder builder = JdbcPersistence.builder(database);

        assertThatIllegalArgumentException().isThrownBy(() -> builder.lease(Duration.ofMillis(999)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(Duration.ZERO));
    }

    @Test
    void oneThreadHasTheTablesNameAndEndsWithClose() throws Exception {
        Store store = new Store(JdbcPersistence.builder(database).table("named").build());
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .filteredOn(name -> name.contains("kvgrid-named"))
                .containsExactly("kvgrid-named-jdbc");

        store.close();
        store.close();

        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("kvgrid-named"));
    }

    /** S17: the caller's interrupt neither stops a write nor shortens the end, and is not swallowed. */
    @Test
    void interruptedCallerLosesNothing() throws Exception {
        Store store = new Store(JdbcPersistence.in(database));
        FaultyDataSource.Hold hold = database.hold();
        CompletionStage<Void> append = store.persistence.append(store.chain.puts(3));
        hold.awaitBlocked();
        Thread.currentThread().interrupt();
        Thread releases = new Thread(hold::release);
        releases.start();

        store.close();

        assertThat(Thread.interrupted()).isTrue();
        Store.get(append);
        try (Store again = new Store(JdbcPersistence.in(database))) {
            assertThat(again.found.records()).hasSize(3);
        }
    }

    @Test
    void closeDoesNotWaitForADatabaseThatHangs() throws Exception {
        Store store = new Store(JdbcPersistence.builder(database)
                .timeout(Duration.ofMillis(200))
                .build());
        FaultyDataSource.Hold hold = database.hold();
        CompletionStage<Void> append = store.persistence.append(store.chain.puts(1));
        hold.awaitBlocked();

        long start = System.nanoTime();
        store.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(200), Duration.ofSeconds(5));
        assertThat(append.toCompletableFuture()).isNotDone();
        hold.release();
        append.toCompletableFuture().handle((done, failure) -> true).get(30, TimeUnit.SECONDS); // its thread ends, too
    }

    @Test
    void databaseThatIsAwayAtTheStartIsNamed() throws Exception {
        database.die();

        assertThatExceptionOfType(PersistenceException.class)
                .isThrownBy(() -> JdbcPersistence.in(database).open())
                .matches(PersistenceException::isRetryable)
                .withMessageContaining("08001");
    }

    @Test
    void metadataIsWrittenInTheTransactionOfTheRecords() throws Exception {
        try (Store store = new Store(JdbcPersistence.in(database))) {
            FaultyDataSource.Hold hold = database.hold();
            CompletionStage<Void> first = store.persistence.append(store.chain.puts(1));
            hold.awaitBlocked();
            CompletionStage<Void> second = store.persistence.append(store.chain.puts(1));
            CompletionStage<Void> metadata = store.persistence.saveMetadata(UTF_8.encode("metadata"));
            database.failNextCommit(new SQLException("injected", "42000")); // the first takes it
            hold.release();

            for (CompletionStage<Void> stage : List.of(first, second, metadata)) {
                assertThatExceptionOfType(PersistenceException.class).isThrownBy(() -> Store.get(stage));
            }
        }
    }
}
