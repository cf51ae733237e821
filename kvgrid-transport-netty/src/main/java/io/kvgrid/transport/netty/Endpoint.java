package io.kvgrid.transport.netty;

import io.kvgrid.NodeId;
import io.kvgrid.spi.transport.TransportListener;
import io.kvgrid.spi.transport.TransportSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A started {@link NettyTransport}: its connections and what keeps them. All state is touched by one event loop alone,
 * whose thread also calls the listener; so there are no locks, and what happens to one peer happens in one order.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel ends it, and its handler hears of that
final class Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);
    private static final WriteBufferWaterMark WATER_MARKS = new WriteBufferWaterMark(1 << 16, 1 << 18);

    private final TransportSettings settings;
    private final NettyIo io;
    private final Limits limits;
    private final EventLoop loop;
    private final TransportListener listener;
    private final HostLookup lookup;
    private final Runnable onError;
    private final FrameEncoder encoder = new FrameEncoder();
    private final PeerTable peers = new PeerTable();
    private final Handshakes handshakes;
    private final StrangerLog strangers = new StrangerLog();
    private final Map<InetSocketAddress, PeerConnector> connectors = new HashMap<>();
    private @Nullable Channel server;
    private long lastSerial;
    private boolean closed;

    /**
     * An endpoint without connections.
     *
     * @param onError called when something is wrong that no connection is to blame for; must end the transport
     */
    Endpoint(
            TransportSettings settings,
            NettyIo io,
            Limits limits,
            EventLoop loop,
            TransportListener listener,
            HostLookup lookup,
            Runnable onError) {
        this.lookup = lookup;
        this.settings = settings;
        this.io = io;
        this.limits = limits;
        this.loop = loop;
        this.listener = listener;
        this.onError = onError;
        handshakes = new Handshakes(limits.maxStrangers());
    }

    /** Starts to listen at {@code address}; any thread. */
    ChannelFuture listen(InetSocketAddress address) {
        return new ServerBootstrap()
                .group(loop)
                .channel(io.serverChannel())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        server = channel;
                    }
                })
                .childHandler(pipeline(null))
                .bind(address);
    }

    ChannelFuture dial(PeerConnector connector) {
        return new Bootstrap()
                .group(loop)
                .channel(io.channel())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARKS)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, limits.connectTimeoutMillis())
                .resolver(lookup)
                .handler(pipeline(connector))
                .connect(HostLookup.unresolved(connector.address()));
    }

    private ChannelInitializer<SocketChannel> pipeline(@Nullable PeerConnector connector) {
        Endpoint endpoint = this;
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                channel.pipeline()
                        .addLast(new FrameDecoder(HandshakeFormat.MAX_HELLO_PAYLOAD_BYTES))
                        .addLast(new HandshakeHandler(endpoint, channel, connector));
            }
        };
    }

    void startTicking() {
        loop.scheduleWithFixedDelay(
                () -> guard(this::tick), limits.tickMillis(), limits.tickMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs {@code task}, which no connection is to blame for; whatever it throws ends the whole transport (P43). */
    void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("closing the transport for an internal failure", e);
            onError.run();
        }
    }

    private void tick() {
        handshakes.tick();
        peers.all().forEach(PeerConnection::tick);
        strangers.tick();
    }

    void connect(InetSocketAddress address) {
        if (!closed && !connectors.containsKey(address)) {
            PeerConnector connector = new PeerConnector(this, address);
            connectors.put(address, connector);
            connector.connect();
        }
    }

    void forget(InetSocketAddress address) {
        PeerConnector connector = connectors.remove(address);
        if (connector != null) {
            connector.stop();
        }
    }

    /** {@code connection} stands from now on, in place of the one before it. */
    void stand(PeerConnection connection) {
        PeerConnection before = peers.get(connection.peer());
        if (before != null && before.retire()) {
            peers.remove(before);
            listener.onDisconnected(before.peer());
        }
        LOG.info("connected to {}", connection);
        peers.put(connection);
        listener.onConnected(connection.peer());
    }

    /** {@code connection} is over; does nothing if it was before. */
    void lost(PeerConnection connection) {
        if (connection.retire()) {
            LOG.info("lost the connection to {}", connection);
            peers.remove(connection);
            listener.onDisconnected(connection.peer());
            connectors.values().forEach(c -> c.lost(connection.peer(), connection.isSettled()));
        }
    }

    /** Finds out whether the standing connection to {@code peer} is still alive. */
    void probe(NodeId peer) {
        PeerConnection current = peers.get(peer);
        if (current != null) {
            current.ping();
        }
    }

    /** Something threw that should not have. An {@link Error} ends the whole transport (P43), anything else a connection. */
    void failed(Channel channel, Throwable cause) {
        LOG.error("closed {} for an internal failure", channel, cause);
        channel.close();
        if (cause instanceof Error) {
            onError.run();
        }
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (server != null) {
            server.close();
        }
        connectors.values().forEach(PeerConnector::stop);
        peers.all().forEach(this::lost);
        handshakes.close();
    }

    /** Writes one frame of the transport's own. */
    void write(Channel channel, FrameType type, List<ByteBuffer> parts) {
        int length = parts.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuf frame = channel.alloc().directBuffer(FrameFormat.HEADER_BYTES + length);
        encoder.encode(type, parts, length, frame);
        channel.writeAndFlush(frame);
    }

    long nextSerial() {
        return ++lastSerial;
    }

    NodeId self() {
        return settings.self();
    }

    int maxFrameBytes() {
        return settings.maxFrameBytes();
    }

    int maxQueuedBytes() {
        return settings.maxQueuedBytes();
    }

    Limits limits() {
        return limits;
    }

    EventLoop loop() {
        return loop;
    }

    TransportListener listener() {
        return listener;
    }

    FrameEncoder encoder() {
        return encoder;
    }

    PeerTable peers() {
        return peers;
    }

    Handshakes handshakes() {
        return handshakes;
    }

    StrangerLog strangers() {
        return strangers;
    }
}
