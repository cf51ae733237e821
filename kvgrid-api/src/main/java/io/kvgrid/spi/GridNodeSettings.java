package io.kvgrid.spi;

import io.kvgrid.ArbiterChoice;
import io.kvgrid.GridLimits;
import io.kvgrid.GridListener;
import io.kvgrid.MapSettings;
import io.kvgrid.NodeId;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.transport.TransportProvider;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;

/**
 * Everything that {@link io.kvgrid.GridNodeBuilder} was told; see there. Empty means "the default".
 *
 * @param minInSync 0 if it was not set
 * @param forcedLsn where the node's data ends, if a new lineage is to be made of it
 */
public record GridNodeSettings<K, V>(
        String gridName,
        MapSettings<K, V> defaultMap,
        Optional<NodeId> nodeId,
        Optional<InetSocketAddress> listen,
        List<InetSocketAddress> peers,
        Optional<ArbiterChoice> arbiter,
        Optional<Persistence> persistence,
        Path dataRoot,
        Optional<TransportProvider> transport,
        Optional<Executor> callbackExecutor,
        List<GridListener> listeners,
        Duration operationTimeout,
        Duration lease,
        GridLimits limits,
        int minInSync,
        boolean writeForwarding,
        boolean leasedReads,
        boolean bootstrap,
        OptionalLong forcedLsn) {}
