package io.kvgrid.persistence.jdbc;

import io.kvgrid.spi.persistence.Persistence;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.util.IOUtils;

/** In a file of H2's own file system in memory, so that a busy disk does not matter. */
class H2PersistenceTest extends JdbcPersistenceContract {
    private static final AtomicInteger FILES = new AtomicInteger();

    private String file = nextFile();

    private static String nextFile() {
        return "memFS:/h2-persistence-" + FILES.incrementAndGet();
    }

    @Override
    DataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setUrl("jdbc:h2:" + file + ";MAX_COMPACT_TIME=0"); // which saves 0.2 s at each close
        return source;
    }

    /** H2 dies with the node's process: what it had not written to the file yet is lost. */
    @Override
    protected Optional<Persistence> afterPowerLoss() throws Exception {
        String before = file;
        file = nextFile();
        IOUtils.copyFiles(before + ".mv.db", file + ".mv.db");
        return super.afterPowerLoss();
    }
}
