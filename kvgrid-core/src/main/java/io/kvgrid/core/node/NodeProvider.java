package io.kvgrid.core.node;

import io.kvgrid.GridNode;
import io.kvgrid.spi.GridNodeProvider;
import io.kvgrid.spi.GridNodeSettings;

/** Starts nodes for {@link io.kvgrid.GridNodeBuilder#start}; found by {@link java.util.ServiceLoader}. */
public final class NodeProvider implements GridNodeProvider {
    /** For {@link java.util.ServiceLoader}. */
    public NodeProvider() {}

    @Override
    public <K, V> GridNode<K, V> start(GridNodeSettings<K, V> settings) {
        return new NodeStart<>(settings).start();
    }
}
