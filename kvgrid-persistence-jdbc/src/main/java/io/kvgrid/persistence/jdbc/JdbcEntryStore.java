package io.kvgrid.persistence.jdbc;

import io.kvgrid.spi.persistence.EntryStore;
import io.kvgrid.spi.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a grid in a table, over one connection that is kept while it works. Whatever fails, the transaction is
 * rolled back and the connection given up: the next call begins with a new one. Used by the adapter's thread only, but
 * for {@link #abort}.
 */
final class JdbcEntryStore implements EntryStore {
    private static final Logger log = LoggerFactory.getLogger(JdbcEntryStore.class);

    private final DataSource source;
    private final RowTable table;
    private final OwnerRow owner;
    private final Duration timeout;
    private @Nullable JdbcDialect dialect;
    private volatile @Nullable Connection connection;
    private volatile boolean aborted;

    /**
     * @param timeout after which an answer of the database counts as lost
     * @param dialect null to go by the product's name
     */
    JdbcEntryStore(DataSource source, RowTable table, Duration lease, Duration timeout, @Nullable JdbcDialect dialect) {
        this.source = source;
        this.table = table;
        this.owner = new OwnerRow(table.name(), lease);
        this.timeout = timeout;
        this.dialect = dialect;
    }

    @Override
    public void write(List<Change> batch) {
        inTransaction("writing a batch", (open, sql) -> table.write(open, sql, batch));
    }

    @Override
    public void scan(BiConsumer<byte[], byte[]> rows) {
        inTransaction("reading the table", (open, sql) -> table.scan(open, rows));
    }

    /** Shows that the owner is alive. */
    @Override
    public void idle() {
        inTransaction("keeping the lease", (open, sql) -> {});
    }

    /** Lets the tables go. If the database is away they become free when the lease has ended. */
    @Override
    public void close() {
        try {
            if (owner.isHeld() && !aborted) {
                inTransaction("letting the tables go", (open, sql) -> owner.release(open));
            }
        } catch (PersistenceException e) {
            log.warn("{}; others can have the tables when the lease has ended", e.getMessage());
        } finally {
            giveUpConnection();
        }
    }

    /** Ends the call under way, if any, by cutting its connection; all later ones fail. Any thread. */
    void abort() {
        aborted = true;
        Connection open = connection;
        if (open != null) {
            cut(open);
        }
    }

    private interface Work {
        void run(Connection open, JdbcDialect sql) throws SQLException;
    }

    /**
     * One transaction that is the owner's.
     *
     * @throws PersistenceException as {@link SqlFailures} says; whether it was committed is then unknown
     */
    private void inTransaction(String doing, Work work) {
        try {
            Connection open = open();
            JdbcDialect sql = dialect(open);
            owner.beat(open); // S21
            work.run(open, sql);
            sql.commit(open);
            owner.committed();
        } catch (SQLException e) {
            giveUpConnection();
            throw SqlFailures.of(doing, e);
        } catch (RuntimeException | Error e) {
            giveUpConnection();
            throw e;
        }
    }

    private Connection open() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = connect();
            connection = open;
            if (aborted) {
                throw PersistenceException.fatal("the store was closed", null);
            }
            prepare(open);
        }
        return open;
    }

    private Connection connect() {
        try {
            return source.getConnection();
        } catch (SQLException e) {
            throw SqlFailures.withoutData("connecting", e);
        }
    }

    private void prepare(Connection open) throws SQLException {
        try {
            open.setNetworkTimeout(Runnable::run, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        } catch (SQLFeatureNotSupportedException e) {
            log.debug("this driver has no network timeout", e);
        }
        open.setAutoCommit(false);
        open.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        JdbcDialect sql = dialect(open);
        sql.prepare(open);
        if (!owner.isHeld()) {
            table.ensureExists(open, sql);
            owner.acquire(open);
        }
    }

    private JdbcDialect dialect(Connection open) throws SQLException {
        JdbcDialect known = dialect;
        if (known == null) {
            String product = open.getMetaData().getDatabaseProductName();
            known = switch (product) {
                case "PostgreSQL" -> JdbcDialect.postgresql();
                case "H2" -> JdbcDialect.h2();
                default ->
                    throw PersistenceException.fatal(
                            "kvgrid knows the SQL of PostgreSQL and H2, not that of '" + product
                                    + "': give a dialect to JdbcPersistence.builder(...)",
                            null);
            };
            dialect = known;
        }
        return known;
    }

    private void giveUpConnection() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            giveUp(open);
        }
    }

    /** Not by close alone: there are drivers that commit what is open then. */
    private static void giveUp(Connection open) {
        try {
            open.rollback();
        } catch (SQLException e) {
            log.debug("a connection could not be rolled back", e);
            cut(open);
        }
        try {
            open.close();
        } catch (SQLException e) {
            log.debug("a connection could not be closed", e);
        }
    }

    private static void cut(Connection open) {
        try {
            open.abort(Runnable::run);
        } catch (SQLException | RuntimeException e) {
            log.debug("a connection could not be cut", e);
        }
    }
}
