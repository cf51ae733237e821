/**
 * The Arbiter on Apache Ratis: one configuration, kept by a majority of voters. Stands on the class path only, because
 * Ratis cannot stand on a module path.
 */
@NullMarked
package io.kvgrid.arbiter.ratis;

import org.jspecify.annotations.NullMarked;
