package io.kvgrid.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kvgrid.NodeId;
import io.kvgrid.spi.transport.TransportProvider;
import io.kvgrid.spi.transport.TransportSettings;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NettyTransportProviderTest {
    @Test
    void isDeclaredByTheModule() {
        assertThat(NettyTransportProvider.class.getModule().getDescriptor().provides())
                .anySatisfy(provides -> {
                    assertThat(provides.service()).isEqualTo(TransportProvider.class.getName());
                    assertThat(provides.providers()).containsExactly(NettyTransportProvider.class.getName());
                });
    }

    @Test
    void isDeclaredForTheClassPath() throws IOException {
        String declaration = "/META-INF/services/" + TransportProvider.class.getName();
        try (InputStream in = NettyTransportProvider.class.getResourceAsStream(declaration)) {
            assertThat(in).isNotNull();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).strip())
                    .isEqualTo(NettyTransportProvider.class.getName());
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void nativeLibraryLoadsOnLinux() {
        assertThat(Epoll.unavailabilityCause()).isNull();
        assertThat(NettyIo.best()).isEqualTo(NettyIo.EPOLL);
    }

    @Test
    void queueThatCannotHoldOneFrameIsRejected() {
        TransportSettings settings = new TransportSettings(new NodeId("a"), Optional.empty(), 1000, 1000);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NettyTransportProvider().create(settings))
                .withMessageContaining("maxQueuedBytes 1000");
    }
}
