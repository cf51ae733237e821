package io.kvgrid.persistence.jdbc;

import io.kvgrid.spi.persistence.EntryStore.Change;
import io.kvgrid.spi.persistence.PersistenceException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * The table of rows. A row is found by {@code row_key}: its key, or, since databases limit the length of what they
 * index, the beginning of a long key and a digest of it; {@code long_key} then has the key itself. The two cannot be
 * mistaken for each other, as only the second kind is {@link JdbcDialect#MAX_ROW_KEY_BYTES} long.
 */
final class RowTable {
    /** With a schema in front or without. Neither quotes nor anything else that could be more than a name. */
    private static final Pattern NAME = Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,47}\\.)?[A-Za-z_][A-Za-z0-9_]{0,47}");

    private static final int BATCH_ROWS = 500;
    private static final int FETCH_ROWS = 100;
    private static final int DIGEST_BYTES = 32;

    private final String name;

    /** @throws IllegalArgumentException if that is no plain name */
    RowTable(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a table's name has up to 48 letters, digits and '_', with a schema in front or not: " + name);
        }
        this.name = name;
    }

    String name() {
        return name;
    }

    /**
     * Creates what is missing. Commits.
     *
     * @throws PersistenceException fatal if that fails; the message has the statements for whoever may
     */
    void ensureExists(Connection connection, JdbcDialect dialect) throws SQLException {
        if (exists(connection)) {
            return;
        }
        List<String> statements = dialect.createStatements(name);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            if (SqlFailures.isRetryable(e)) {
                throw e;
            }
            if (!exists(connection)) { // else another store was first
                throw PersistenceException.fatal(
                        "the tables of " + name + " are missing and this user cannot create them. The statements are:\n"
                                + String.join(";\n", statements),
                        SqlFailures.withoutData("creating tables", e));
            }
        }
    }

    private boolean exists(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement
                    .executeQuery("SELECT row_key, long_key, row_value FROM " + name + " WHERE 1 = 0")
                    .close();
            statement
                    .executeQuery("SELECT id, owner, beat FROM " + name + "_owner WHERE 1 = 0")
                    .close();
            return true;
        } catch (SQLException e) {
            if (SqlFailures.isRetryable(e)) {
                throw e;
            }
            return false;
        } finally {
            connection.rollback();
        }
    }

    /** Carries out all changes, the last one of each key. Does not commit. */
    void write(Connection connection, JdbcDialect dialect, List<Change> batch) throws SQLException {
        Map<ByteBuffer, Change> last = new LinkedHashMap<>();
        for (Change change : batch) {
            last.put(ByteBuffer.wrap(change.key()), change);
        }
        try (PreparedStatement put = connection.prepareStatement(dialect.upsert(name));
                PreparedStatement delete = connection.prepareStatement("DELETE FROM " + name + " WHERE row_key = ?")) {
            int puts = 0;
            int deletes = 0;
            for (Change change : last.values()) {
                byte[] key = change.key();
                byte[] value = change.value();
                if (value == null) {
                    delete.setBytes(1, rowKey(key));
                    delete.addBatch();
                    deletes = executeWhenFull(delete, deletes + 1);
                } else {
                    put.setBytes(1, rowKey(key));
                    put.setBytes(2, isLong(key) ? key : null);
                    put.setBytes(3, value);
                    put.addBatch();
                    puts = executeWhenFull(put, puts + 1);
                }
            }
            execute(put, puts);
            execute(delete, deletes);
        }
    }

    private static int executeWhenFull(PreparedStatement statement, int rows) throws SQLException {
        if (rows < BATCH_ROWS) {
            return rows;
        }
        statement.executeBatch();
        return 0;
    }

    private static void execute(PreparedStatement statement, int rows) throws SQLException {
        if (rows > 0) {
            statement.executeBatch();
        }
    }

    /** Gives every row to {@code rows}. */
    void scan(Connection connection, BiConsumer<byte[], byte[]> rows) throws SQLException {
        try (Statement select = connection.createStatement()) {
            select.setFetchSize(FETCH_ROWS); // else some drivers read the whole table into memory first
            try (ResultSet row = select.executeQuery("SELECT row_key, long_key, row_value FROM " + name)) {
                while (row.next()) {
                    byte[] longKey = row.getBytes(2);
                    rows.accept(longKey == null ? row.getBytes(1) : longKey, row.getBytes(3));
                }
            }
        }
    }

    private static boolean isLong(byte[] key) {
        return key.length >= JdbcDialect.MAX_ROW_KEY_BYTES;
    }

    private static byte[] rowKey(byte[] key) {
        if (!isLong(key)) {
            return key;
        }
        ByteBuffer rowKey = ByteBuffer.allocate(JdbcDialect.MAX_ROW_KEY_BYTES);
        rowKey.put(key, 0, JdbcDialect.MAX_ROW_KEY_BYTES - DIGEST_BYTES);
        return rowKey.put(sha256(key)).array();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
