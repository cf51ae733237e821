package io.kvgrid.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.spi.transport.TransportSettings;
import io.kvgrid.testkit.TransportNode;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** Makes nodes and raw peers, and closes them after each test; nodes must have been called in order. */
@Timeout(60)
abstract class NettyTestBase {
    /** A tenth of the usual times. */
    static final Limits FAST = new Limits(100, 5, 2, 10, 5, 64, 2000, 5, 100);

    /** The usual times, but for the pauses between attempts to connect. */
    static final Limits EAGER = new Limits(1000, 5, 2, 10, 5, 64, 2000, 5, 100);

    static final NodeId SMALLER = new NodeId("a");
    static final NodeId GREATER = new NodeId("z");
    static final UUID BOOT = UUID.randomUUID();

    private final List<TransportNode> nodes = new ArrayList<>();
    private final List<Closeable> peers = new ArrayList<>();

    @AfterEach
    final void close() throws IOException {
        for (Closeable peer : peers) {
            peer.close();
        }
        nodes.forEach(TransportNode::close);
        for (TransportNode node : nodes) {
            assertThat(node.violations()).as("calls of %s's listener", node).isEmpty();
        }
    }

    final TransportNode start(String id, Limits limits) {
        NodeId nodeId = new NodeId(id);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TransportSettings settings = new TransportSettings(nodeId, Optional.of(any), 1 << 16, 1 << 18);
        TransportNode node = new TransportNode(nodeId, new NettyTransport(settings, NettyIo.best(), limits));
        nodes.add(node);
        return node.start();
    }

    final RawPeer raw(TransportNode node) throws IOException {
        RawPeer peer = new RawPeer(node.address());
        peers.add(peer);
        return peer;
    }

    /** A connection of the node {@link #GREATER}, for which {@code node} decides, up to its ACCEPT. */
    final RawPeer follower(TransportNode node, UUID bootId, long lostTicket) throws IOException {
        RawPeer peer = raw(node);
        Frame hello = peer.read(FrameType.HELLO);
        return peer.sendHello(GREATER, bootId).sendAccept(hello, lostTicket);
    }

    /** A connection of {@link #SMALLER}, which decides and so accepts after {@code node}; gives what that has lost. */
    final long decideFor(RawPeer peer, UUID bootId, long ticket) throws IOException {
        Frame hello = peer.read(FrameType.HELLO);
        peer.sendHello(SMALLER, bootId);
        long lost = peer.readAccept();
        peer.sendAccept(hello, ticket);
        return lost;
    }

    /** {@link TransportNode#isConnected} and its like want a node: this stands for the peer behind raw connections. */
    final TransportNode named(NodeId id) {
        TransportSettings settings = TransportSettings.of(id, Optional.empty());
        return new TransportNode(id, new NettyTransport(settings, NettyIo.NIO, FAST));
    }
}
