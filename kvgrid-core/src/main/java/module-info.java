import org.jspecify.annotations.NullMarked;

/** The replica protocol, the store, serialization with Kryo, and the node that joins them. */
@NullMarked
module io.kvgrid.core {
    requires com.esotericsoftware.kryo;
    requires com.github.benmanes.caffeine;
    requires org.jctools.core;
    requires org.slf4j;
    requires transitive io.kvgrid.api;

    exports io.kvgrid.core;

    uses io.kvgrid.spi.persistence.PersistenceProvider;
    uses io.kvgrid.spi.transport.TransportProvider;

    provides io.kvgrid.spi.GridNodeProvider with
            io.kvgrid.core.node.NodeProvider;
}
