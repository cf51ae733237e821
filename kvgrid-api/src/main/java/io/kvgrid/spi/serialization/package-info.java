/** How keys and values become bytes. */
package io.kvgrid.spi.serialization;
