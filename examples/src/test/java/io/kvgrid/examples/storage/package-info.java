/** Real processes on one file store: killed, and refused. */
@NullMarked
package io.kvgrid.examples.storage;

import org.jspecify.annotations.NullMarked;
