/** The line protocol that {@link io.kvgrid.examples.GridShell} and the demonstration's nodes speak. */
@NullMarked
package io.kvgrid.examples.shell;

import org.jspecify.annotations.NullMarked;
