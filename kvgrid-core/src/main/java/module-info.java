import org.jspecify.annotations.NullMarked;

/** The replica protocol, the store, serialization with Kryo, and the node that joins them. */
@NullMarked
module io.kvgrid.core {
    requires com.esotericsoftware.kryo;
    requires transitive io.kvgrid.api;

    exports io.kvgrid.core;
}
