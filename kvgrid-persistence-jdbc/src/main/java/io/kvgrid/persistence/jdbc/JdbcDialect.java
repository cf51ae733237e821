package io.kvgrid.persistence.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one database product says differently from others. {@link #postgresql()} and {@link #h2()} are found by the
 * product's name; for another product give one to {@link JdbcPersistence.Builder#dialect}. Stateless; called by the
 * store's thread.
 */
public interface JdbcDialect {
    /** Length of the longest row key in bytes: a longer key's row is found by a digest of it. */
    int MAX_ROW_KEY_BYTES = 501;

    /** PostgreSQL 11 and later. Commits wait for the disk even where the server's {@code synchronous_commit} is off. */
    static JdbcDialect postgresql() {
        return PostgresDialect.INSTANCE;
    }

    /** H2 2.x. Each commit forces the file, which needs the rights of an administrator. */
    static JdbcDialect h2() {
        return H2Dialect.INSTANCE;
    }

    /** Type of a column with up to {@link #MAX_ROW_KEY_BYTES} bytes that can be a primary key; compared byte by byte. */
    String keyType();

    /** Type of a column with any number of bytes, none included. */
    String valueType();

    /**
     * Sets a row, whether it was there or not.
     *
     * @param table the table's name, checked
     * @return a statement with parameters for {@code row_key}, {@code long_key} and {@code row_value}, in that order
     */
    String upsert(String table);

    /**
     * The grid's entries for the eyes of others: a view with columns {@code map_id}, {@code entry_key}, {@code
     * entry_value}, {@code version} and {@code expiry_millis}, named as the table with {@code _entries} appended.
     */
    default Optional<String> createView(String table) {
        return Optional.empty();
    }

    /** All that has to be in the database before a store can be opened; the store creates it if its user may. */
    default List<String> createStatements(String table) {
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE " + table + " (row_key " + keyType() + " NOT NULL PRIMARY KEY, long_key "
                + valueType() + ", row_value " + valueType() + " NOT NULL)");
        statements.add("CREATE TABLE " + table
                + "_owner (id SMALLINT NOT NULL PRIMARY KEY, owner VARCHAR(255), beat BIGINT NOT NULL)");
        createView(table).ifPresent(statements::add);
        return statements;
    }

    /** Prepares a new connection, whose auto-commit is off. What it changes in the session is not changed back. */
    default void prepare(Connection connection) throws SQLException {}

    /** Commits; what was written survives loss of power once this returns (S1). */
    default void commit(Connection connection) throws SQLException {
        connection.commit();
    }
}
