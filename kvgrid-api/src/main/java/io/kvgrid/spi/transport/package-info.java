/** How nodes reach each other: opaque frames over connections that open with an opaque hello. */
package io.kvgrid.spi.transport;
