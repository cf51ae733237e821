package io.kvgrid.examples;

import io.kvgrid.spi.persistence.EntryStore;
import io.kvgrid.testkit.EntryStoreContract;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

class H2EntryStoreRowsTest extends EntryStoreContract {
    @TempDir
    Path directory;

    @Override
    protected EntryStore store() throws SQLException {
        return new H2EntryStore(directory.resolve("grid"));
    }
}
