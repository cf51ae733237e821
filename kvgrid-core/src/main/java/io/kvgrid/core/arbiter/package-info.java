/** The Arbiter that lives in one named node, and the way to it from the others. */
package io.kvgrid.core.arbiter;
