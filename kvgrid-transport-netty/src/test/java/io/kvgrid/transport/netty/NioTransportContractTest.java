package io.kvgrid.transport.netty;

import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportSettings;
import io.kvgrid.testkit.TransportContract;

class NioTransportContractTest extends TransportContract {
    @Override
    protected Transport create(TransportSettings settings) {
        return new NettyTransport(settings, NettyIo.NIO, Limits.STANDARD);
    }
}
