import org.jspecify.annotations.NullMarked;

/** The binary protocol over TCP: framing, handshake, connections. */
@NullMarked
module io.kvgrid.transport.netty {
    requires transitive io.kvgrid.api;
}
