/** What {@link io.kvgrid.examples.ThreeNodes} and {@link io.kvgrid.examples.Measure} are made of: one process per node. */
@NullMarked
package io.kvgrid.examples.demo;

import org.jspecify.annotations.NullMarked;
