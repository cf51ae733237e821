package io.kvgrid.persistence.jdbc;

import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** In memory; and what fails was committed all the same: only the answer is lost. */
class H2PersistenceWithLostAnswersTest extends JdbcPersistenceContract {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String url = "jdbc:h2:mem:lost-answers-" + DATABASES.incrementAndGet() + ";DB_CLOSE_DELAY=-1";

    @Override
    DataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setUrl(url);
        return source;
    }

    @Override
    boolean losesAnswers() {
        return true;
    }
}
