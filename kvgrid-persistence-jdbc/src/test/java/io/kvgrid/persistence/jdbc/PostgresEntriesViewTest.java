package io.kvgrid.persistence.jdbc;

import javax.sql.DataSource;

class PostgresEntriesViewTest extends EntriesViewContract {
    @Override
    DataSource database() {
        return PostgresServer.shared().dataSource();
    }
}
