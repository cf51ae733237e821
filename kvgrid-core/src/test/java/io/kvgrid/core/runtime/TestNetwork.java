package io.kvgrid.core.runtime;

import io.kvgrid.NodeId;
import io.kvgrid.spi.transport.HelloVerdict;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Transports that reach each other within one loop. Nothing is lost but by {@link #cut}. */
final class TestNetwork {
    private final Loop loop;
    private final Map<Integer, Port> ports = new HashMap<>();
    private final Set<NodeId> cut = new LinkedHashSet<>();

    TestNetwork(Loop loop) {
        this.loop = loop;
    }

    Port port(NodeId self, int number) {
        return new Port(self, number);
    }

    /** {@code node} neither sends nor receives from now on; its connections stand. */
    void cut(NodeId node) {
        cut.add(node);
    }

    void heal(NodeId node) {
        cut.remove(node);
    }

    final class Port implements Transport {
        private final NodeId self;
        private final int number;
        private final Map<NodeId, Port> connected = new HashMap<>();
        private final Set<InetSocketAddress> kept = new LinkedHashSet<>();
        private @org.jspecify.annotations.Nullable TransportListener listener;

        Port(NodeId self, int number) {
            this.self = self;
            this.number = number;
        }

        InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), number);
        }

        TransportListener listener() {
            if (listener == null) {
                throw new IllegalStateException("not started");
            }
            return listener;
        }

        @Override
        public Optional<InetSocketAddress> start(TransportListener owner) {
            listener = owner;
            ports.put(number, this);
            return Optional.of(address());
        }

        @Override
        public void connect(InetSocketAddress address) {
            kept.add(address);
            loop.execute(() -> dial(address));
        }

        private void dialAgain() {
            kept.forEach(address -> loop.schedule(10_000_000, () -> dial(address)));
        }

        private void dial(InetSocketAddress address) {
            Port peer = ports.get(address.getPort());
            if (listener == null) {
                return;
            }
            if (peer == null) {
                loop.schedule(50_000_000, () -> dial(address));
                return;
            }
            if (peer == this || connected.containsKey(peer.self)) {
                return;
            }
            boolean accepted = accepts(this, peer);
            if (accepts(peer, this) && accepted) {
                connected.put(peer.self, peer);
                peer.connected.put(self, this);
                listener().onConnected(peer.self);
                peer.listener().onConnected(self);
            }
        }

        private static boolean accepts(Port judge, Port stranger) {
            HelloVerdict verdict = judge.listener().onHello(stranger.listener().hello(), stranger.address());
            if (verdict instanceof HelloVerdict.Refused refused) {
                stranger.listener().onRefused(judge.address(), refused.reason());
                return false;
            }
            return true;
        }

        @Override
        public void forget(InetSocketAddress address) {}

        @Override
        public boolean send(NodeId to, List<ByteBuffer> parts) {
            Port peer = connected.get(to);
            if (peer == null || cut.contains(self) || cut.contains(to)) {
                return false;
            }
            int length = parts.stream().mapToInt(ByteBuffer::remaining).sum();
            ByteBuffer frame = ByteBuffer.allocate(length);
            parts.forEach(part -> frame.put(part.duplicate()));
            frame.flip();
            loop.schedule(100_000, () -> {
                if (peer.listener != null && peer.connected.get(self) == this) {
                    peer.listener.onFrame(self, frame.asReadOnlyBuffer());
                }
            });
            return true;
        }

        @Override
        public int maxFrameBytes() {
            return 1 << 20;
        }

        @Override
        public void disconnect(NodeId to) {
            Port peer = connected.remove(to);
            if (peer != null) {
                peer.connected.remove(self);
                listener().onDisconnected(to);
                peer.listener().onDisconnected(self);
                dialAgain();
                peer.dialAgain();
            }
        }

        @Override
        public void close() {
            List.copyOf(connected.keySet()).forEach(this::disconnect);
            listener = null;
            ports.remove(number);
        }
    }
}
