package io.kvgrid.examples;

import io.kvgrid.spi.persistence.EntryStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.BiConsumer;

/** A grid's data in a table of an H2 database, over plain JDBC. H2 lets one process have the file. */
// snippet: entry store
public final class H2EntryStore implements EntryStore {
    private final Connection h2;

    public H2EntryStore(Path file) throws SQLException {
        String url = "jdbc:h2:file:" + file.toAbsolutePath() + ";AUTOCOMMIT=OFF;LAZY_QUERY_EXECUTION=1;INIT=";
        h2 = DriverManager.getConnection(url + "CREATE TABLE IF NOT EXISTS t (k VARBINARY(65536) PRIMARY KEY, v BLOB)");
    }

    @Override
    public void write(List<Change> batch) throws SQLException {
        try (PreparedStatement put = h2.prepareStatement("MERGE INTO t KEY (k) VALUES (?, ?)");
                PreparedStatement delete = h2.prepareStatement("DELETE FROM t WHERE k = ? AND ? IS NULL");
                PreparedStatement force = h2.prepareStatement("CHECKPOINT SYNC")) {
            for (Change change : batch) {
                PreparedStatement statement = change.value() == null ? delete : put;
                statement.setBytes(1, change.key());
                statement.setBytes(2, change.value());
                statement.executeUpdate();
            }
            h2.commit();
            force.execute(); // H2's commit alone does not force the file
        }
    }

    @Override
    public void scan(BiConsumer<byte[], byte[]> rows) throws SQLException {
        try (Statement select = h2.createStatement();
                ResultSet row = select.executeQuery("SELECT k, v FROM t")) {
            while (row.next()) {
                rows.accept(row.getBytes(1), row.getBytes(2));
            }
        }
    }

    @Override
    public void close() throws SQLException {
        h2.close();
    }
}
// end
