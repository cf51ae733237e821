/** The committed state of a node: what reads see. Written by the loop alone, read by any thread without a lock. */
package io.kvgrid.core.store;
