package io.kvgrid.transport.netty;

import io.kvgrid.GridStartException;
import io.kvgrid.HostPort;
import io.kvgrid.NodeId;
import io.kvgrid.PortInUseException;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportListener;
import io.kvgrid.spi.transport.TransportSettings;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A {@link Transport} over TCP. The thread-safe outside of an {@link Endpoint}, and the owner of its event loop. */
final class NettyTransport implements Transport {
    private static final int CLOSE_MILLIS = 3000;

    private final TransportSettings settings;
    private final NettyIo io;
    private final Limits limits;
    private final LoopThreads threads;
    private volatile @Nullable Endpoint endpoint;
    private @Nullable EventLoopGroup group; // guarded by this
    private @Nullable HostLookup lookup; // guarded by this
    private boolean closed; // guarded by this

    NettyTransport(TransportSettings settings, NettyIo io, Limits limits) {
        if (settings.maxQueuedBytes() < settings.maxFrameBytes() + FrameFormat.HEADER_BYTES) {
            throw new IllegalArgumentException("maxQueuedBytes " + settings.maxQueuedBytes()
                    + " has no room for one frame of maxFrameBytes " + settings.maxFrameBytes());
        }
        this.settings = settings;
        this.io = io;
        this.limits = limits;
        threads = new LoopThreads(settings.self());
    }

    @Override
    public synchronized Optional<InetSocketAddress> start(TransportListener listener) {
        if (closed) {
            return Optional.empty();
        }
        if (endpoint != null) {
            throw new IllegalStateException("the transport has been started already");
        }
        EventLoopGroup started = new MultiThreadIoEventLoopGroup(1, threads, io.handlerFactory());
        group = started;
        HostLookup names = new HostLookup(threads);
        lookup = names;
        Endpoint running = new Endpoint(settings, io, limits, started.next(), listener, names, this::close);
        endpoint = running; // before the first callback, which may send
        Optional<InetSocketAddress> address = settings.listen().map(at -> listen(running, at));
        running.startTicking();
        return address;
    }

    private InetSocketAddress listen(Endpoint running, InetSocketAddress at) {
        ChannelFuture bound = running.listen(at).awaitUninterruptibly();
        if (bound.isSuccess()) {
            return (InetSocketAddress) bound.channel().localAddress();
        }
        close();
        String why =
                "cannot listen on " + HostPort.format(at) + " (" + bound.cause().getMessage() + "): ";
        if (why.contains("ermission denied")) {
            throw new GridStartException(why + "ports below 1024 need privileges, choose another", bound.cause());
        }
        throw new PortInUseException(
                why + "the host must be an address of this machine, and the port not be taken by another process; "
                        + "stop that process or choose another port, 0 for any that is free",
                bound.cause());
    }

    @Override
    public void connect(InetSocketAddress address) {
        onLoop(running -> running.connect(address));
    }

    @Override
    public void forget(InetSocketAddress address) {
        onLoop(running -> running.forget(address));
    }

    @Override
    public void disconnect(NodeId peer) {
        Endpoint running = endpoint;
        PeerConnection connection = running == null ? null : running.peers().get(peer);
        if (connection != null) {
            onLoop(same -> same.lost(connection));
        }
    }

    @Override
    public boolean send(NodeId peer, List<ByteBuffer> parts) {
        int length = length(parts);
        Endpoint running = endpoint;
        PeerConnection connection = running == null ? null : running.peers().get(peer);
        try {
            return connection != null && connection.send(parts, length);
        } catch (RejectedExecutionException e) {
            return false; // closed meanwhile
        }
    }

    private int length(List<ByteBuffer> parts) {
        long length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        if (length > settings.maxFrameBytes()) {
            throw new IllegalArgumentException(
                    "a frame of " + length + " bytes exceeds the limit of " + settings.maxFrameBytes());
        }
        return (int) length;
    }

    @Override
    public int maxFrameBytes() {
        return settings.maxFrameBytes();
    }

    private void onLoop(Consumer<Endpoint> task) {
        Endpoint running = endpoint;
        if (running == null) {
            return;
        }
        try {
            running.loop().execute(() -> running.guard(() -> task.accept(running)));
        } catch (RejectedExecutionException e) {
            return; // closed: there is nothing left to do it to
        }
    }

    @Override
    public void close() {
        EventLoopGroup running;
        HostLookup names;
        synchronized (this) {
            closed = true;
            running = group;
            names = lookup;
        }
        if (running != null && names != null) {
            onLoop(Endpoint::close);
            names.close();
            Future<?> unused = running.shutdownGracefully(0, 2, TimeUnit.SECONDS);
            threads.join(CLOSE_MILLIS);
        }
    }
}
