package io.kvgrid;

import io.kvgrid.spi.GridNodeProvider;
import io.kvgrid.spi.GridNodeSettings;
import io.kvgrid.spi.persistence.EntryStore;
import io.kvgrid.spi.persistence.EntryStoreAdapter;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.serialization.Serializer;
import io.kvgrid.spi.transport.TransportProvider;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link GridNode}. Not thread-safe. Each has a safe default. */
public final class GridNodeBuilder<K, V> {
    private final String gridName;
    private MapSettings<K, V> defaultMap;
    private @Nullable NodeId nodeId;
    private @Nullable InetSocketAddress listen;
    private final List<InetSocketAddress> peers = new ArrayList<>();
    private @Nullable ArbiterChoice arbiter;
    private @Nullable Persistence persistence;
    private Path dataRoot = Path.of("kvgrid-data");
    private @Nullable TransportProvider transport;
    private @Nullable Executor callbackExecutor;
    private final List<GridListener> listeners = new ArrayList<>();
    private Duration operationTimeout = Duration.ofSeconds(1);
    private Duration lease = Duration.ofMillis(600);
    private GridLimits limits = GridLimits.DEFAULT;
    private int minInSync;
    private boolean writeForwarding = true;
    private boolean leasedReads = true;
    private boolean bootstrap = true;
    private OptionalLong forcedLsn = OptionalLong.empty();
    private boolean insecure;

    GridNodeBuilder(String gridName, Class<K> keyType, Class<V> valueType) {
        Names.check("grid name", gridName);
        this.gridName = gridName;
        this.defaultMap = MapSettings.of("default", keyType, valueType);
    }

    /** This node's name in the grid, equal at every start; a random one kept in the data directory unless set. */
    public GridNodeBuilder<K, V> nodeId(String id) {
        nodeId = new NodeId(id);
        return this;
    }

    /**
     * Where to listen for other nodes; no port is opened unless set. Port 0 takes a free one.
     *
     * @param host a loopback address, unless {@link #insecure()} is said (X8)
     */
    public GridNodeBuilder<K, V> listen(String host, int port) {
        listen = new InetSocketAddress(host, port);
        return this;
    }

    /**
     * Addresses of other nodes, {@code host:port}, to try first; the members are what the grid's configuration says.
     *
     * @throws IllegalArgumentException if one does not read {@code host:port}
     */
    public GridNodeBuilder<K, V> peers(String... addresses) {
        for (String address : addresses) {
            peers.add(HostPort.parse(address));
        }
        return this;
    }

    /** Who assigns the roles. Needed as soon as there are peers. */
    public GridNodeBuilder<K, V> arbiter(ArbiterChoice choice) {
        arbiter = Objects.requireNonNull(choice, "choice");
        return this;
    }

    /** Where the node keeps its data; files under {@code ./kvgrid-data/<grid>/<node>} unless set. Closed with the node. */
    public GridNodeBuilder<K, V> persistence(Persistence store) {
        persistence = Objects.requireNonNull(store, "store");
        return this;
    }

    /** Keeps the node's data in a table of keys and values. Closed with the node. */
    public GridNodeBuilder<K, V> persistence(EntryStore table) {
        return persistence(new EntryStoreAdapter(Objects.requireNonNull(table, "table")));
    }

    /** The directory under which the default persistence and a hosted Arbiter keep their files. */
    public GridNodeBuilder<K, V> dataRoot(Path directory) {
        dataRoot = Objects.requireNonNull(directory, "directory");
        return this;
    }

    /** How values become bytes; built in for String, byte[], Boolean, Integer, Long, Double and the other boxed primitives, and UUID. */
    public GridNodeBuilder<K, V> serializer(Serializer<V> serializer) {
        defaultMap = defaultMap.serializer(serializer);
        return this;
    }

    /** How keys become bytes; equal keys must give equal bytes. */
    public GridNodeBuilder<K, V> keySerializer(Serializer<K> serializer) {
        defaultMap = defaultMap.keySerializer(serializer);
        return this;
    }

    /** How nodes reach each other; the one found on the class or module path unless set. */
    public GridNodeBuilder<K, V> transport(TransportProvider provider) {
        transport = Objects.requireNonNull(provider, "provider");
        return this;
    }

    /**
     * Where futures and listeners complete; a small pool of the node's own unless set. One that runs tasks where they
     * arise makes them part of the protocol: nothing goes on until they end.
     */
    public GridNodeBuilder<K, V> callbackExecutor(Executor executor) {
        callbackExecutor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /** Told of role and membership from the start on. */
    public GridNodeBuilder<K, V> listener(GridListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /** When an operation ends at the latest, unless its options say otherwise; one second unless set. */
    public GridNodeBuilder<K, V> operationTimeout(Duration timeout) {
        operationTimeout = positive("operationTimeout", timeout);
        return this;
    }

    /** How long the primary may act without hearing from every in-sync node; a silent one is removed from half of it on. Equal on all nodes. */
    public GridNodeBuilder<K, V> lease(Duration length) {
        lease = positive("lease", length);
        return this;
    }

    /** Sizes that are refused. */
    public GridNodeBuilder<K, V> limits(GridLimits bounds) {
        limits = Objects.requireNonNull(bounds, "bounds");
        return this;
    }

    /**
     * The fewest in-sync nodes that may take a write. Used when the grid is created, and fixed from then on; afterwards a
     * node whose setting differs is refused. Unless set it is 1, and 2 from the moment the grid first has three in-sync
     * nodes (P17); 1, when set, stays 1.
     */
    public GridNodeBuilder<K, V> minInSync(int nodes) {
        if (nodes < 1) {
            throw new IllegalArgumentException("minInSync must be at least 1: " + nodes);
        }
        minInSync = nodes;
        return this;
    }

    /** Whether writes on a secondary are forwarded to the primary (the default), or fail with {@link NotPrimaryException}. */
    public GridNodeBuilder<K, V> writeForwarding(boolean forward) {
        writeForwarding = forward;
        return this;
    }

    /**
     * Whether this node answers {@link ReadConsistency#LINEARIZABLE} reads from its own copy while it holds a lease (the
     * default), or has each of them confirmed by the others, which costs a message there and back and depends on no
     * clock. Switch it off where a machine may be suspended with all of its clocks: such a node cannot notice that its
     * lease has ended. Equal on all nodes: one whose setting differs is refused (P29), so changing it takes a stop of the
     * whole grid.
     */
    public GridNodeBuilder<K, V> leasedReads(boolean leased) {
        leasedReads = leased;
        return this;
    }

    /** Whether this node may create the grid when the Arbiter is empty; true unless set (P9). */
    public GridNodeBuilder<K, V> bootstrap(boolean allowed) {
        bootstrap = allowed;
        return this;
    }

    /**
     * <b>Gives up whatever other nodes had acknowledged and this one does not have.</b> Begins a new history of the grid, a
     * lineage, with this node's data alone: after the loss of all nodes that had more, or of the Arbiter, or from a backup. The
     * Arbiter must be empty, and no node of the old lineage may be reachable. The other nodes join with empty directories; those that
     * come back with data of the old lineage are refused.
     *
     * <p>It has an effect once: as long as the Arbiter is empty and the node's data ends at {@code lastLsn}, which a node that is started
     * without this setting names when it refuses.
     *
     * @param lastLsn the version of the last write in this node's data
     */
    public GridNodeBuilder<K, V> forceNewLineage(long lastLsn) {
        if (lastLsn < 1) {
            throw new IllegalArgumentException("data ends at version 1 or above, not " + lastLsn);
        }
        forcedLsn = OptionalLong.of(lastLsn);
        return this;
    }

    /** Allows to listen beyond loopback although peers are not authenticated (X8). */
    public GridNodeBuilder<K, V> insecure() {
        insecure = true;
        return this;
    }

    /**
     * Starts the node and returns; {@link GridNode#ready} says when it serves.
     *
     * @throws GridStartException if something that can be checked at once is wrong; nothing is left behind
     * @throws IllegalStateException if the settings contradict each other, or a needed kvgrid artifact is missing
     */
    public GridNode<K, V> start() {
        if (!peers.isEmpty() && arbiter == null) {
            throw new IllegalStateException("a grid with peers needs an Arbiter: call arbiter(EmbeddedArbiter.hosted())"
                    + " on one node and arbiter(EmbeddedArbiter.at(\"host:port\")) on the others");
        }
        if (listen != null
                && !insecure
                && (listen.isUnresolved() || !listen.getAddress().isLoopbackAddress())) {
            throw new IllegalStateException("listening on " + listen + " would let anyone on the network join the grid,"
                    + " since peers are not authenticated; listen on 127.0.0.1 or say insecure() (X8)");
        }
        GridNodeSettings<K, V> settings = new GridNodeSettings<>(
                gridName,
                defaultMap,
                Optional.ofNullable(nodeId),
                Optional.ofNullable(listen),
                List.copyOf(peers),
                Optional.ofNullable(arbiter),
                Optional.ofNullable(persistence),
                dataRoot,
                Optional.ofNullable(transport),
                Optional.ofNullable(callbackExecutor),
                List.copyOf(listeners),
                operationTimeout,
                lease,
                limits,
                minInSync,
                writeForwarding,
                leasedReads,
                bootstrap,
                forcedLsn);
        return Services.find(GridNodeProvider.class, "kvgrid-core").start(settings);
    }

    private static Duration positive(String what, Duration duration) {
        Objects.requireNonNull(duration, what);
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " must be above zero: " + duration);
        }
        if (duration.compareTo(WriteOptions.MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    what + " must be at most " + WriteOptions.MAX_TIMEOUT.toDays() + " days: " + duration);
        }
        return duration;
    }
}
