package io.kvgrid.spi;

import io.kvgrid.GridNode;

/** Starts nodes; found by {@link java.util.ServiceLoader}. kvgrid-core brings the only one. */
public interface GridNodeProvider {
    /**
     * Starts a node.
     *
     * @throws io.kvgrid.GridStartException if it cannot start; nothing is left behind
     */
    <K, V> GridNode<K, V> start(GridNodeSettings<K, V> settings);
}
