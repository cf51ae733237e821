package io.kvgrid.persistence.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** The SQL of H2. */
final class H2Dialect implements JdbcDialect {
    static final JdbcDialect INSTANCE = new H2Dialect();

    private H2Dialect() {}

    @Override
    public String keyType() {
        return "VARBINARY(" + MAX_ROW_KEY_BYTES + ")";
    }

    @Override
    public String valueType() {
        return "BLOB";
    }

    @Override
    public String upsert(String table) {
        return "MERGE INTO " + table + " (row_key, long_key, row_value) KEY (row_key) VALUES (?, ?, ?)";
    }

    @Override
    public Optional<String> createView(String table) {
        return Optional.of(EntriesView.sql(table, new EntriesView.Numbers() {
            @Override
            public String int32(String bytes) {
                return "CAST(" + bytes + " AS INT)";
            }

            @Override
            public String int64(String bytes) {
                return "CAST(" + bytes + " AS BIGINT)";
            }

            @Override
            public String literal(String hex) {
                return "X'" + hex + "'";
            }
        }));
    }

    /** S1: H2's commit alone leaves the bytes to the operating system. */
    @Override
    public void commit(Connection connection) throws SQLException {
        connection.commit();
        try (Statement force = connection.createStatement()) {
            force.execute("CHECKPOINT SYNC");
        }
    }
}
