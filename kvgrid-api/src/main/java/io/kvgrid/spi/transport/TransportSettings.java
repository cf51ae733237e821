package io.kvgrid.spi.transport;

import io.kvgrid.NodeId;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What a {@link TransportProvider} needs to make a transport.
 *
 * @param self the id of the node it works for; names its threads, and says which of two nodes decides on their connection
 * @param listen where to listen; empty to open no port
 * @param maxFrameBytes the largest payload of one frame, in bytes
 * @param maxQueuedBytes how many bytes may wait for one peer before further frames are dropped
 */
public record TransportSettings(
        NodeId self, Optional<InetSocketAddress> listen, int maxFrameBytes, int maxQueuedBytes) {
    /** Frames of 1 MiB, 16 MiB of them waiting per peer. */
    public static TransportSettings of(NodeId self, Optional<InetSocketAddress> listen) {
        return new TransportSettings(self, listen, 1 << 20, 1 << 24);
    }
}
