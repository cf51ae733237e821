package io.kvgrid.examples;

import io.kvgrid.spi.persistence.EntryStoreAdapter;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.testkit.PersistenceContract;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

// snippet: persistence contract
class H2EntryStoreTest extends PersistenceContract {
    @TempDir
    Path directory;

    @Override
    protected Persistence persistence() throws SQLException {
        return new EntryStoreAdapter(new H2EntryStore(directory.resolve("grid")));
    }
}
// end
