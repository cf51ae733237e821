/** What clients asked and were told, and what must be true of it. */
@NullMarked
package io.kvgrid.chaos.history;

import org.jspecify.annotations.NullMarked;
