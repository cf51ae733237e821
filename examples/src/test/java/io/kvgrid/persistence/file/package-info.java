/** Looks into the files of real nodes. */
@NullMarked
package io.kvgrid.persistence.file;

import org.jspecify.annotations.NullMarked;
