/**
 * The shell around the pure replica: every thread, timer and side effect of a member. All of it runs over {@link
 * io.kvgrid.core.runtime.Loop}, so that the simulator can run the very same classes in one thread on virtual time.
 */
package io.kvgrid.core.runtime;
