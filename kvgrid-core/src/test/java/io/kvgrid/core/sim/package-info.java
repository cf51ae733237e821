/**
 * Whole grids in one thread on virtual time, driven by one seed: the real replica, codec, store and runtime over a
 * simulated network, disk and Arbiter.
 */
package io.kvgrid.core.sim;
