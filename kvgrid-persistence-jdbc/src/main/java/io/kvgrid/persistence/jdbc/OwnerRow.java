package io.kvgrid.persistence.jdbc;

import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.StoreInUseException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One store at a time may use the tables (S21). The row of {@code <table>_owner} names it and carries a beat that every
 * transaction of the owner advances; an idle owner has a transaction each quarter of the lease.
 *
 * <p>Who wants the tables watches the beat: if it moves, they are in use; if it stands still for a whole lease, the
 * owner is dead, and the watcher puts itself in its place, provided that the beat is still the same. No clocks are
 * compared. An owner that was only asleep finds its name gone in its next transaction and ends: whoever was replaced
 * can write nothing any more, whatever was assumed about time.
 *
 * <p>That update is the first statement of each transaction and locks the row. So a transaction whose answer was lost
 * has ended, one way or the other, before the next one goes on, and old bytes can never come after new ones.
 *
 * <p>A beat lower than what was committed says that the database fell back to an older state, as after a fail-over to a
 * replica that lagged: the owner ends rather than go on without what it had acknowledged.
 */
final class OwnerRow {
    private static final Logger log = LoggerFactory.getLogger(OwnerRow.class);
    private static final int LOOKS_PER_LEASE = 20;

    private final String table;
    private final Duration lease;
    private final String self;
    private boolean held;
    /** The database has counted at least that far: the beats of transactions whose commit was answered. */
    private long committedBeat;

    OwnerRow(String rowsTable, Duration lease) {
        this.table = rowsTable + "_owner";
        this.lease = lease;
        this.self = "process " + ProcessHandle.current().pid() + " on " + host() + ", " + UUID.randomUUID();
    }

    /**
     * Makes this store the owner, once. Waits, for a lease at most, while the last owner may be alive. Commits.
     *
     * @throws StoreInUseException if it is alive
     */
    void acquire(Connection connection) throws SQLException {
        if (held) {
            return;
        }
        Seen seen = look(connection);
        if (seen.owner != null && !seen.owner.equals(self)) {
            log.info("waiting for up to {}: {} names {}", lease, table, seen.owner);
            seen = awaitDeath(connection, seen);
        }
        String sql = "UPDATE " + table + " SET owner = ?, beat = beat + 1 WHERE id = 1 AND beat = ?";
        try (PreparedStatement take = connection.prepareStatement(sql)) {
            take.setString(1, self);
            take.setLong(2, seen.beat);
            if (take.executeUpdate() != 1) {
                throw inUse(seen);
            }
        }
        connection.commit();
        held = true;
        committedBeat = seen.beat + 1;
    }

    /**
     * First statement of each transaction: shows the owner alive, and that it still is the owner.
     *
     * @throws PersistenceException fatal if another store has taken the tables, or the database has forgotten a transaction
     */
    void beat(Connection connection) throws SQLException {
        if (update(connection, "beat = beat + 1") != 1) {
            Seen seen = look(connection);
            String found = table + " names " + seen.owner + " at beat " + seen.beat;
            String expected = ", expected " + self + " at beat " + committedBeat + " or later";
            throw PersistenceException.fatal(
                    self.equals(seen.owner)
                            ? "the database has lost what it had committed: " + found + expected
                            : "the tables were taken over: " + found + expected,
                    null);
        }
    }

    /** The transaction that began with {@link #beat} was committed, and the answer came. */
    void committed() {
        committedBeat++;
    }

    /** Lets the tables go, if they are held. Does not commit. */
    void release(Connection connection) throws SQLException {
        if (held) {
            update(connection, "owner = NULL, beat = beat + 1");
        }
    }

    boolean isHeld() {
        return held;
    }

    private int update(Connection connection, String what) throws SQLException {
        String sql = "UPDATE " + table + " SET " + what + " WHERE id = 1 AND owner = ? AND beat >= ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, self);
            statement.setLong(2, committedBeat);
            return statement.executeUpdate();
        }
    }

    private Seen awaitDeath(Connection connection, Seen first) throws SQLException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < lease.toNanos()) {
            LockSupport.parkNanos(lease.toNanos() / LOOKS_PER_LEASE);
            Seen now = look(connection);
            if (now.owner == null) {
                return now;
            }
            if (now.beat != first.beat) {
                throw inUse(now);
            }
        }
        log.warn("{} has not been heard of for {}: this store takes its place", first.owner, lease);
        return first;
    }

    private StoreInUseException inUse(Seen seen) {
        return new StoreInUseException("the tables are in use: " + table + " names " + seen.owner
                + ". Stop that node, or give this one tables of its own");
    }

    private Seen look(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT owner, beat FROM " + table + " WHERE id = 1")) {
            if (row.next()) {
                return new Seen(row.getString(1), row.getLong(2));
            }
        } finally {
            connection.commit(); // the next look sees what was committed meanwhile
        }
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO " + table + " (id, owner, beat) VALUES (1, NULL, 0)");
            connection.commit();
        } catch (SQLException e) {
            if (!SqlFailures.isDuplicate(e)) {
                throw e;
            }
            connection.rollback(); // another store was first
        }
        return look(connection);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "an unnamed host";
        }
    }

    private record Seen(@Nullable String owner, long beat) {}
}
