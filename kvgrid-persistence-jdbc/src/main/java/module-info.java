import org.jspecify.annotations.NullMarked;

/** A node's data in a table of a database, through a {@link javax.sql.DataSource}. */
@NullMarked
module io.kvgrid.persistence.jdbc {
    requires transitive io.kvgrid.api;
    requires transitive java.sql;
    requires org.slf4j;

    exports io.kvgrid.persistence.jdbc;
}
