package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.MessageType;
import io.kvgrid.spi.transport.HelloVerdict;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportListener;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The {@link SimNetwork} in the hands of one process. */
final class SimTransport implements Transport {
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final long FIRST_RETRY_NANOS = 50_000_000;
    private static final long MAX_RETRY_NANOS = 500_000_000;
    private static final Map<Integer, String> TYPES = Arrays.stream(MessageType.values())
            .collect(Collectors.toUnmodifiableMap(MessageType::code, MessageType::name));

    private final SimNetwork network;
    private final SimProcess process;
    private final InetSocketAddress address;
    private final TreeMap<NodeId, SimConnection> connections = new TreeMap<>();
    /** Addresses to keep a connection to, and who was found there. */
    private final Map<InetSocketAddress, Optional<NodeId>> kept = new LinkedHashMap<>();

    /** Connections that others have opened and this side learns of next. */
    private final Map<NodeId, SimConnection> accepting = new HashMap<>();

    private final Map<InetSocketAddress, Long> retryNanos = new HashMap<>();
    private @Nullable TransportListener listener;
    private boolean closed;

    /** @param address where it listens */
    SimTransport(SimNetwork network, SimProcess process, InetSocketAddress address) {
        this.network = network;
        this.process = process;
        this.address = address;
    }

    InetSocketAddress address() {
        return address;
    }

    SimProcess process() {
        return process;
    }

    @Override
    public Optional<InetSocketAddress> start(TransportListener owner) {
        listener = owner;
        network.listen(this);
        return Optional.of(address);
    }

    @Override
    public void connect(InetSocketAddress to) {
        if (closed || to.equals(address) || kept.containsKey(to)) {
            return;
        }
        kept.put(to, Optional.empty());
        dial(to, 0);
    }

    @Override
    public void forget(InetSocketAddress to) {
        kept.remove(to);
    }

    @Override
    public boolean send(NodeId peer, List<ByteBuffer> parts) {
        int length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        if (length > MAX_FRAME_BYTES) {
            throw new IllegalArgumentException("a frame of " + length + " bytes");
        }
        SimConnection connection = connections.get(peer);
        if (connection == null || closed) {
            return false;
        }
        ByteBuffer frame = ByteBuffer.allocate(length);
        parts.forEach(part -> frame.put(part.duplicate()));
        return connection.send(this, frame.flip().asReadOnlyBuffer());
    }

    @Override
    public int maxFrameBytes() {
        return MAX_FRAME_BYTES;
    }

    @Override
    public void disconnect(NodeId peer) {
        SimConnection connection = connections.get(peer);
        if (connection != null) {
            connection.reset("disconnected");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            network.gone(this);
            connections.values().forEach(connection -> connection.close(this));
            connections.clear();
            accepting.values().forEach(connection -> connection.close(this));
            accepting.clear();
        }
    }

    // what the network does to it

    /** The process has been killed. */
    void die() {
        close();
    }

    void deliver(NodeId from, ByteBuffer frame) {
        if (!closed) {
            network.trace().add(now(), process.node().value(), typeOf(frame), from, hash(frame));
            network.delivered(from, process.node(), frame);
            listener().onFrame(from, frame.duplicate());
        }
    }

    /** Of all its bytes, eight at a time. */
    private static long hash(ByteBuffer frame) {
        ByteBuffer left = frame.duplicate();
        long hash = left.remaining();
        while (left.remaining() >= Long.BYTES) {
            hash = (hash ^ left.getLong()) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        while (left.hasRemaining()) {
            hash = (hash ^ left.get()) * 0x9E3779B97F4A7C15L;
        }
        return hash;
    }

    /** What a frame says, for the trace: the name of its type, whose code is its second byte. */
    private static String typeOf(ByteBuffer frame) {
        return TYPES.getOrDefault((int) frame.get(1), "unknown type");
    }

    /** An old frame turns up again, at whatever process the node runs now. */
    void replay(NodeId from, NodeId to, ByteBuffer frame) {
        network.listener(SimNetwork.address(to), from)
                .filter(target -> target.connections.containsKey(from))
                .ifPresent(target -> target.process.after(0, () -> target.deliver(from, frame)));
    }

    void lost(SimConnection connection, NodeId peer) {
        if (connections.remove(peer, connection)) {
            network.trace().add(now(), process.node().value(), "lost connection to", peer.value(), 0);
            listener().onDisconnected(peer);
        }
    }

    void release(NodeId from, NodeId to) {
        if (process.node().equals(to)) {
            SimConnection connection = connections.get(from);
            if (connection != null) {
                connection.release(from, to);
            }
        }
    }

    // connecting

    private void dial(InetSocketAddress to, long afterNanos) {
        process.after(afterNanos, () -> {
            if (closed || !kept.containsKey(to)) {
                return;
            }
            boolean connected = kept.get(to).map(connections::containsKey).orElse(false);
            if (connected) {
                retryNanos.remove(to);
                dial(to, FIRST_RETRY_NANOS);
                return;
            }
            network.listener(to, process.node()).ifPresent(this::sayHello);
            long retry = retryNanos.getOrDefault(to, FIRST_RETRY_NANOS);
            retryNanos.put(to, Math.min(2 * retry, MAX_RETRY_NANOS));
            dial(to, (long) (retry * (0.5 + network.random().nextDouble())));
        });
    }

    private void sayHello(SimTransport target) {
        ByteBuffer hello = listener().hello();
        network.onHello(process, hello);
        target.process.after(network.latencyNanos(), () -> {
            if (target.closed) {
                return;
            }
            HelloVerdict there = target.listener().onHello(hello.duplicate(), address);
            ByteBuffer answer = target.listener().hello();
            network.onHello(target.process, answer);
            process.after(network.latencyNanos(), () -> onHello(target, there, answer));
        });
    }

    private void onHello(SimTransport target, HelloVerdict verdict, ByteBuffer answer) {
        InetSocketAddress there = target.address;
        if (closed || target.closed || !target.process.isAlive()) {
            return;
        }
        if (verdict instanceof HelloVerdict.Refused refused) {
            listener().onRefused(there, refused.reason());
            return;
        }
        if (listener().onHello(answer, there) instanceof HelloVerdict.Refused refused) {
            target.process.after(network.latencyNanos(), () -> target.listener().onRefused(address, refused.reason()));
            return;
        }
        NodeId peer = target.process.node();
        kept.computeIfPresent(there, (a, p) -> Optional.of(peer));
        if (isOpen(connections.get(peer)) || isOpen(accepting.get(peer))) {
            return; // one connection per pair
        }
        SimConnection connection = new SimConnection(network, this, target);
        target.accepting.put(process.node(), connection);
        establish(peer, connection);
        target.process.after(connection.acceptedNanos() - now(), () -> target.establish(process.node(), connection));
    }

    private static boolean isOpen(@Nullable SimConnection connection) {
        return connection != null && connection.isOpen();
    }

    private void establish(NodeId peer, SimConnection connection) {
        accepting.remove(peer, connection);
        if (closed || !connection.isOpenAt(this)) {
            return;
        }
        SimConnection before = connections.put(peer, connection);
        if (before != null) {
            before.close(this);
            listener().onDisconnected(peer);
        }
        network.trace().add(now(), process.node().value(), "connected to", peer.value(), 0);
        listener().onConnected(peer);
    }

    private long now() {
        return network.clock().nowNanos();
    }

    private TransportListener listener() {
        if (listener == null) {
            throw new IllegalStateException("the transport has not been started");
        }
        return listener;
    }
}
