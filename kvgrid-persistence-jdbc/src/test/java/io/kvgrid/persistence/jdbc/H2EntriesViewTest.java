package io.kvgrid.persistence.jdbc;

import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class H2EntriesViewTest extends EntriesViewContract {
    @Override
    DataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setUrl("jdbc:h2:mem:view;DB_CLOSE_DELAY=-1");
        return source;
    }
}
