/** A node's data in a table of a database, through a {@link javax.sql.DataSource}. */
package io.kvgrid.persistence.jdbc;
