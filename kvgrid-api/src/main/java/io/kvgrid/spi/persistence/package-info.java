/**
 * How a node keeps its data: implement {@link io.kvgrid.spi.persistence.EntryStore} for a table of keys and values, or
 * {@link io.kvgrid.spi.persistence.Persistence} for full control.
 */
package io.kvgrid.spi.persistence;
