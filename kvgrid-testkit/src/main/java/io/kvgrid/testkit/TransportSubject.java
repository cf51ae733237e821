package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/**
 * The nodes of a {@link TransportContract}'s test, and what holds for each of them when it has ended: its listener was called in
 * order, and no thread is left.
 */
@Timeout(60)
public abstract class TransportSubject {
    static final int MAX_FRAME_BYTES = 1 << 16;
    private static final int MAX_QUEUED_BYTES = 1 << 18;

    private final List<TransportNode> nodes = new ArrayList<>();

    TransportSubject() {}

    /** A new transport that has not been started. */
    protected abstract Transport create(TransportSettings settings);

    @AfterEach
    final void listenersWereCalledInOrderAndNoThreadIsLeft() {
        nodes.forEach(TransportNode::close);

        for (TransportNode node : nodes) {
            assertThat(node.violations()).as("calls of %s's listener", node).isEmpty();
            assertThat(threadsOf(node.id())).isEmpty();
        }
    }

    /** All that were made, in order. */
    final List<TransportNode> nodes() {
        return nodes;
    }

    final TransportNode node(String id) {
        return node(id, Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    final TransportNode node(String id, Optional<InetSocketAddress> listen) {
        NodeId nodeId = new NodeId(id);
        TransportNode node = new TransportNode(
                nodeId, create(new TransportSettings(nodeId, listen, MAX_FRAME_BYTES, MAX_QUEUED_BYTES)));
        nodes.add(node);
        return node;
    }

    static void connect(TransportNode from, TransportNode to) {
        from.transport().connect(to.address());
        from.awaitConnected(to);
        to.awaitConnected(from);
    }

    static List<String> threadsOf(NodeId id) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("kvgrid-" + id + "-"))
                .toList();
    }
}
