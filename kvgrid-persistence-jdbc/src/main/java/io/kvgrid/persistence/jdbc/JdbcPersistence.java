package io.kvgrid.persistence.jdbc;

import io.kvgrid.spi.persistence.EntryStoreAdapter;
import io.kvgrid.spi.persistence.LogRecord;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.RecoveryHandler;
import io.kvgrid.spi.persistence.RecoveryReport;
import io.kvgrid.spi.persistence.SnapshotInstallation;
import io.kvgrid.spi.persistence.StoreInUseException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's data in a database: entries, the tail of the log and metadata are rows of one table, changed together
 * in one transaction for all calls that wait. Each node needs a table of its own; a second node on the same one is
 * refused. {@code docs/persistence-jdbc.md} has the tables, and a view of the entries to read with SQL.
 *
 * <p>Acknowledged is what the database committed durably: a store lives as long as its database, and a database that
 * falls back to an older copy loses what was acknowledged since. While it is away calls fail retryably, and the node
 * goes on by itself when it is back; which failures are of that kind {@code SqlFailures} lists.
 *
 * <p>One connection is taken from the {@link DataSource} and kept. All calls of the database are made by one thread,
 * {@code kvgrid-<table>-jdbc}. An answer that does not come within the timeout counts as lost. How long the {@code
 * DataSource} may take to connect, it says itself: set that, too.
 */
public final class JdbcPersistence implements Persistence {
    private static final Logger log = LoggerFactory.getLogger(JdbcPersistence.class);
    /** Time for a thread to end once its connection was cut. */
    private static final long ABORT_MILLIS = 1_000;

    private final String threadName;
    private final Duration timeout;
    private final JdbcEntryStore store;
    private final EntryStoreAdapter adapter;
    private boolean closed;

    private JdbcPersistence(Builder builder) {
        threadName = "kvgrid-" + builder.table.name() + "-jdbc";
        timeout = builder.timeout;
        store = new JdbcEntryStore(builder.source, builder.table, builder.lease, builder.timeout, builder.dialect);
        adapter = new EntryStoreAdapter(store, threadName, builder.lease.dividedBy(4));
    }

    /** A store in the table {@code kvgrid} of that database; nothing is touched before {@link #open}. */
    public static JdbcPersistence in(DataSource source) {
        return builder(source).build();
    }

    /** The same, with settings. */
    public static Builder builder(DataSource source) {
        return new Builder(source);
    }

    /**
     * {@inheritDoc} Creates the tables if they are missing. Waits for up to a lease if the last owner has not let them go.
     *
     * @throws StoreInUseException if another node is at work on the tables; the message names its process
     * @throws PersistenceException if the database cannot be reached, its product is not known, or tables are missing
     *     and this user may not create them; the message says which
     */
    @Override
    public Optional<ByteBuffer> open() {
        return adapter.open();
    }

    @Override
    public CompletionStage<RecoveryReport> recover(RecoveryHandler handler) {
        return adapter.recover(handler);
    }

    @Override
    public CompletionStage<Void> append(List<LogRecord> records) {
        return adapter.append(records);
    }

    @Override
    public CompletionStage<Void> truncateAfter(long lsn) {
        return adapter.truncateAfter(lsn);
    }

    @Override
    public void committed(long lsn, Supplier<ByteBuffer> state) {
        adapter.committed(lsn, state);
    }

    @Override
    public CompletionStage<Void> saveMetadata(ByteBuffer metadata) {
        return adapter.saveMetadata(metadata);
    }

    @Override
    public SnapshotInstallation installSnapshot() {
        return adapter.installSnapshot();
    }

    /**
     * {@inheritDoc} Waits for the database no longer than the timeout and a second: then the connection is cut, calls that
     * have not succeeded fail, and the tables become free when the lease has ended.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Thread closer = new Thread(this::closeAdapter, threadName + "-close");
        closer.setDaemon(true);
        closer.start();
        if (!ends(closer, timeout.toMillis())) {
            log.warn("the database has not answered for {}: its connection is cut", timeout);
            store.abort();
            if (!ends(closer, ABORT_MILLIS)) {
                log.warn("the data source is still connecting; thread {} ends when it has", threadName);
            }
        }
    }

    private void closeAdapter() {
        try {
            adapter.close();
        } catch (PersistenceException e) {
            log.warn("{} did not close in order", threadName, e);
        }
    }

    /** Waits without heeding interrupts, which are for the caller to see afterwards (S17). */
    private static boolean ends(Thread thread, long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        boolean interrupted = false;
        while (thread.isAlive()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Settings of a store; each has a default that needs no thought. Not thread-safe. */
    public static final class Builder {
        private static final Duration MIN_LEASE = Duration.ofSeconds(1);

        private final DataSource source;
        private RowTable table = new RowTable("kvgrid");
        private Duration lease = Duration.ofSeconds(5);
        private Duration timeout = Duration.ofSeconds(5);
        private @Nullable JdbcDialect dialect;

        private Builder(DataSource source) {
            this.source = source;
        }

        /**
         * The table's name, with a schema in front or without; {@code kvgrid} unless set. Two more have that name with {@code
         * _owner} and {@code _entries} appended.
         *
         * @throws IllegalArgumentException if it is not made of letters, digits and underscores
         */
        public Builder table(String name) {
            table = new RowTable(name);
            return this;
        }

        /**
         * How long a node that died without a farewell keeps others from its tables; 5 seconds unless set. A node that is idle
         * has four transactions in that time.
         *
         * @throws IllegalArgumentException below one second
         */
        public Builder lease(Duration duration) {
            if (duration.compareTo(MIN_LEASE) < 0) {
                throw new IllegalArgumentException("a lease has at least " + MIN_LEASE + ": " + duration);
            }
            lease = duration;
            return this;
        }

        /**
         * After which time an answer of the database counts as lost; 5 seconds unless set. Also the time that {@link #close}
         * waits.
         *
         * @throws IllegalArgumentException if not positive
         */
        public Builder timeout(Duration duration) {
            if (duration.toMillis() <= 0) {
                throw new IllegalArgumentException("the timeout must be positive: " + duration);
            }
            timeout = duration;
            return this;
        }

        /** How this database says things; known for PostgreSQL and H2, and to be given for others. */
        public Builder dialect(JdbcDialect newDialect) {
            dialect = newDialect;
            return this;
        }

        /** The store; nothing is touched before {@link JdbcPersistence#open}. */
        public JdbcPersistence build() {
            return new JdbcPersistence(this);
        }
    }
}
