import io.kvgrid.spi.transport.TransportProvider;
import io.kvgrid.transport.netty.NettyTransportProvider;
import org.jspecify.annotations.NullMarked;

/** The binary protocol over TCP: framing, handshake, connections. */
@NullMarked
module io.kvgrid.transport.netty {
    requires transitive io.kvgrid.api;
    requires io.netty.buffer;
    requires io.netty.codec;
    requires io.netty.common;
    requires io.netty.resolver;
    requires io.netty.transport;
    requires io.netty.transport.classes.epoll;
    requires org.slf4j;

    exports io.kvgrid.transport.netty;

    provides TransportProvider with
            NettyTransportProvider;
}
