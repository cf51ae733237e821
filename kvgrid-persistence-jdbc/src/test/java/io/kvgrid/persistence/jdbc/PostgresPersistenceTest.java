package io.kvgrid.persistence.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

/** Through a connection pool, as most applications have one. */
class PostgresPersistenceTest extends JdbcPersistenceContract {
    private static @Nullable HikariDataSource pool;

    @Override
    DataSource database() {
        return pool();
    }

    private static synchronized DataSource pool() {
        if (pool == null) {
            HikariConfig config = new HikariConfig();
            config.setDataSource(PostgresServer.shared().dataSource());
            config.setMaximumPoolSize(4);
            pool = new HikariDataSource(config);
        }
        return pool;
    }

    @AfterAll
    static synchronized void closePool() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }
}
