package io.kvgrid.transport.netty;

import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportSettings;
import io.kvgrid.testkit.TransportContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class EpollTransportContractTest extends TransportContract {
    @Override
    protected Transport create(TransportSettings settings) {
        return new NettyTransport(settings, NettyIo.EPOLL, Limits.STANDARD);
    }
}
