/** The process of one node, driven in lines. */
@NullMarked
package io.kvgrid.chaos.node;

import org.jspecify.annotations.NullMarked;
