/** Grids of real processes, the faults that strike them, and what must hold all the same. */
@NullMarked
package io.kvgrid.chaos;

import org.jspecify.annotations.NullMarked;
