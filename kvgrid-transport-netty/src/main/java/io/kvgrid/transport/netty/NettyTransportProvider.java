package io.kvgrid.transport.netty;

import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportProvider;
import io.kvgrid.spi.transport.TransportSettings;

/**
 * Makes transports over TCP: with epoll where Netty's native library loads, with the JDK's NIO elsewhere. Found by
 * {@link java.util.ServiceLoader}.
 */
public final class NettyTransportProvider implements TransportProvider {
    /** Needed by {@link java.util.ServiceLoader}. */
    public NettyTransportProvider() {}

    @Override
    public Transport create(TransportSettings settings) {
        return new NettyTransport(settings, NettyIo.best(), Limits.STANDARD);
    }
}
