/** One member of a grid in one process: wires the parts and owns their lives; decides nothing. */
package io.kvgrid.core.node;
