package io.kvgrid.persistence.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SQL of PostgreSQL. */
final class PostgresDialect implements JdbcDialect {
    static final JdbcDialect INSTANCE = new PostgresDialect();
    private static final Logger log = LoggerFactory.getLogger(PostgresDialect.class);

    private static final AtomicBoolean WARNED = new AtomicBoolean();

    private PostgresDialect() {}

    @Override
    public String keyType() {
        return "BYTEA";
    }

    @Override
    public String valueType() {
        return "BYTEA";
    }

    @Override
    public String upsert(String table) {
        return "INSERT INTO " + table + " (row_key, long_key, row_value) VALUES (?, ?, ?) ON CONFLICT (row_key)"
                + " DO UPDATE SET long_key = EXCLUDED.long_key, row_value = EXCLUDED.row_value";
    }

    @Override
    public Optional<String> createView(String table) {
        return Optional.of(EntriesView.sql(table, new EntriesView.Numbers() {
            @Override
            public String int32(String bytes) {
                return "('x' || encode(" + bytes + ", 'hex'))::bit(32)::int";
            }

            @Override
            public String int64(String bytes) {
                return "('x' || encode(" + bytes + ", 'hex'))::bit(64)::bigint";
            }

            @Override
            public String literal(String hex) {
                return "'\\x" + hex + "'::bytea";
            }
        }));
    }

    /** S1: an asynchronous commit would be acknowledged before it is durable. */
    @Override
    public void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (setting(statement, "synchronous_commit").equals("off")) {
                statement.execute("SET SESSION synchronous_commit TO on");
            }
            if (setting(statement, "fsync").equals("off") && !WARNED.getAndSet(true)) {
                log.warn("the server runs with fsync = off: what it acknowledges does not survive loss of power");
            }
        }
        connection.commit(); // a setting made in a transaction that is rolled back is undone
    }

    private static String setting(Statement statement, String name) throws SQLException {
        try (ResultSet row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }
}
