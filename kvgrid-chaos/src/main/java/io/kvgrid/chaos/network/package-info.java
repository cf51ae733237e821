/** What the nodes' frames travel over, and how it is cut. */
@NullMarked
package io.kvgrid.chaos.network;

import org.jspecify.annotations.NullMarked;
