package io.kvgrid.persistence.jdbc;

import io.kvgrid.spi.persistence.PersistenceException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one place that tells failures of the database that pass from those that stay.
 *
 * <p>Retryable, by the class of the SQLState: connection (08), transaction rolled back (40: serialization, deadlock),
 * insufficient resources (53: disk full, too many connections), operator intervention (57: shutting down, starting up,
 * cancelled; but for a database that was dropped, 57P04), and single states: lock not available (55P03), read-only
 * server, as during a fail-over (25006), transaction timed out (25P03, 25P04), timeout (HYT00, HYT01). Also every
 * exception that its driver declares transient, recoverable, or of the connection. All else is fatal: constraints (23),
 * data (22), missing tables or rights (42), authorization (28), and what is not known.
 *
 * <p>A driver's message may hold keys and values. Messages are therefore passed on only for classes whose messages
 * speak of connections, names and rights (X11).
 */
final class SqlFailures {
    private static final Set<String> RETRYABLE_CLASSES = Set.of("08", "40", "53", "57");
    private static final Set<String> RETRYABLE_STATES = Set.of("55P03", "25006", "25P03", "25P04", "HYT00", "HYT01");
    private static final String DATABASE_DROPPED = "57P04";
    private static final Set<String> CLASSES_WITHOUT_DATA =
            Set.of("08", "25", "28", "3D", "3F", "40", "42", "53", "55", "57", "HY");

    private SqlFailures() {}

    /**
     * A failure of statements with data, as the grid is told of it.
     *
     * @param doing what failed, for the message
     */
    static PersistenceException of(String doing, SQLException e) {
        return translate(doing, e, describe(e));
    }

    /** The same for statements without data, whose messages are all passed on: connecting, creating tables. */
    static PersistenceException withoutData(String doing, SQLException e) {
        return translate(doing, e, name(e) + ": " + e.getMessage());
    }

    private static PersistenceException translate(String doing, SQLException e, String text) {
        String message = doing + " failed: " + text;
        SQLException cause = new SQLException(text, e.getSQLState(), e.getErrorCode());
        cause.setStackTrace(e.getStackTrace());
        return isRetryable(e)
                ? PersistenceException.retryable(message, cause)
                : PersistenceException.fatal(message, cause);
    }

    static boolean isRetryable(SQLException e) {
        if (e instanceof SQLTransientException
                || e instanceof SQLRecoverableException
                || e instanceof SQLNonTransientConnectionException) {
            return true;
        }
        String state = e.getSQLState();
        if (state == null || state.length() < 2) {
            SQLException inner = inner(e);
            return inner != null && isRetryable(inner);
        }
        return !state.equals(DATABASE_DROPPED)
                && (RETRYABLE_CLASSES.contains(state.substring(0, 2)) || RETRYABLE_STATES.contains(state));
    }

    /** Whether a row was there already that must be unique. */
    static boolean isDuplicate(SQLException e) {
        String state = e.getSQLState();
        return state != null && state.startsWith("23");
    }

    /** The exception's name, and its message where that holds no data. */
    private static String describe(SQLException e) {
        SQLException inner = e instanceof BatchUpdateException ? inner(e) : null;
        SQLException told = inner == null ? e : inner; // a batch's own message quotes the statement with its values
        return isWithoutData(told) ? name(told) + ": " + told.getMessage() : name(told);
    }

    private static String name(SQLException e) {
        return e.getClass().getSimpleName() + ", SQLState " + e.getSQLState() + ", code " + e.getErrorCode();
    }

    private static boolean isWithoutData(SQLException e) {
        if (e instanceof SQLTransientConnectionException || e instanceof SQLNonTransientConnectionException) {
            return true;
        }
        String state = e.getSQLState();
        return !(e instanceof BatchUpdateException)
                && state != null
                && state.length() >= 2
                && CLASSES_WITHOUT_DATA.contains(state.substring(0, 2));
    }

    private static @Nullable SQLException inner(SQLException e) {
        return e.getCause() instanceof SQLException cause ? cause : e.getNextException();
    }
}
