/** Real nodes, in one JVM: their own threads, sockets on loopback, files. */
@NullMarked
package io.kvgrid.examples.grid;

import org.jspecify.annotations.NullMarked;
