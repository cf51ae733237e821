/** Runnable examples of kvgrid. */
@NullMarked
package io.kvgrid.examples;

import org.jspecify.annotations.NullMarked;
