package io.kvgrid.persistence.jdbc;

import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.testkit.PersistenceContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** {@link PersistenceContract} over a database, with all that can be shown there. */
abstract class JdbcPersistenceContract extends PersistenceContract {
    private static final AtomicInteger TABLES = new AtomicInteger();

    final String table = "grid" + TABLES.incrementAndGet();
    private @Nullable FaultyDataSource current;

    /** The database of this test. */
    abstract DataSource database() throws Exception;

    /** Whether commits that fail have been carried out. */
    boolean losesAnswers() {
        return false;
    }

    @Override
    protected Persistence persistence() throws Exception {
        FaultyDataSource next = new FaultyDataSource(database());
        current = losesAnswers() ? next.losingAnswers() : next;
        return JdbcPersistence.builder(next)
                .table(table)
                .lease(Duration.ofSeconds(1))
                .build();
    }

    FaultyDataSource current() {
        return Objects.requireNonNull(current);
    }

    @Override
    protected boolean refusesSecondOwner() {
        return true;
    }

    /** The node's process dies; an operator, who need not wait for the lease, says so. */
    @Override
    protected Optional<Persistence> afterPowerLoss() throws Exception {
        current().die();
        try (Connection connection = database().getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE " + table + "_owner SET owner = NULL");
        }
        return Optional.of(persistence());
    }

    @Override
    protected boolean failNextWriteRetryably() {
        current().failNextCommit(new SQLException("injected: connection lost", "08006"));
        return true;
    }

    @Override
    protected boolean failNextWriteFatally() {
        current().failNextCommit(new SQLException("injected: constraint violated", "23505"));
        return true;
    }

    @Override
    protected Optional<HeldWrites> holdWrites() {
        return Optional.of(current().hold());
    }
}
