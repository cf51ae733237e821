package io.kvgrid.persistence.jdbc;

import io.kvgrid.spi.persistence.EntryStore;
import io.kvgrid.testkit.EntryStoreContract;
import java.nio.file.Path;
import java.time.Duration;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.io.TempDir;

class H2EntryStoreTest extends EntryStoreContract {
    @TempDir
    Path directory;

    @Override
    protected EntryStore store() {
        JdbcDataSource source = new JdbcDataSource();
        source.setUrl("jdbc:h2:file:" + directory.resolve("grid"));
        return new JdbcEntryStore(source, new RowTable("rows1"), Duration.ofSeconds(5), Duration.ofSeconds(5), null);
    }
}
