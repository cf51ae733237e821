package io.kvgrid.persistence.jdbc;

import io.kvgrid.spi.persistence.EntryStore;
import io.kvgrid.testkit.EntryStoreContract;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

class PostgresEntryStoreTest extends EntryStoreContract {
    private static final AtomicInteger TABLES = new AtomicInteger();

    private final RowTable table = new RowTable("rows" + TABLES.incrementAndGet());

    @Override
    protected EntryStore store() {
        return new JdbcEntryStore(
                PostgresServer.shared().dataSource(), table, Duration.ofSeconds(5), Duration.ofSeconds(5), null);
    }
}
