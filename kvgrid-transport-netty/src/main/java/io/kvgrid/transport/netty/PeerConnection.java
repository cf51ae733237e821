package io.kvgrid.transport.netty;

import io.kvgrid.NodeId;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A standing connection. All but {@link #send} runs on the event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel ends it, and its handler hears of that
final class PeerConnection extends SimpleChannelInboundHandler<Frame> {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

    private final Endpoint endpoint;
    private final SocketChannel channel;
    private final Candidate who;
    private final long ticket;
    private final InetSocketAddress remote;
    private final OutboundQueue queue;
    private boolean retired;
    private int ticks;
    private int silentTicks;
    private int stalledTicks;
    private long writtenBefore;

    PeerConnection(Endpoint endpoint, SocketChannel channel, Candidate who, long ticket, InetSocketAddress remote) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.who = who;
        this.ticket = ticket;
        this.remote = remote;
        this.queue = new OutboundQueue(channel, endpoint.encoder(), endpoint.maxQueuedBytes());
    }

    Candidate who() {
        return who;
    }

    NodeId peer() {
        return who.peer();
    }

    /** The deciding node's number for this connection; see {@link PeerTable}. */
    long ticket() {
        return ticket;
    }

    /** Whether it has stood long enough to be called a success. */
    boolean isSettled() {
        return ticks > 0;
    }

    /** Queues a frame; any thread. False if there is no room. */
    boolean send(List<ByteBuffer> parts, int length) {
        return queue.offer(parts, length);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        silentTicks = 0;
        if (retired) {
            return; // its onDisconnected has been called
        }
        switch (frame.type()) {
            case DATA ->
                endpoint.listener()
                        .onFrame(who.peer(), frame.content().nioBuffer().asReadOnlyBuffer());
            case PING -> frame.checkLength(0, 0);
            case HELLO, ACCEPT, REFUSE, REDUNDANT -> throw frame.unexpected("DATA or PING");
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (channel.isWritable()) {
            queue.drain();
        }
    }

    /** Sends a sign of life; where the peer has lost the connection its answer ends it here too. */
    void ping() {
        queue.offerUnbounded(FrameType.PING);
    }

    void tick() {
        ticks++;
        Limits limits = endpoint.limits();
        long written = queue.writtenBytes();
        stalledTicks = queue.isEmpty() || written != writtenBefore ? 0 : stalledTicks + 1;
        writtenBefore = written;
        if (++silentTicks > limits.idleTicks()) {
            close("no whole frame came for " + limits.idleTicks() + " s");
        } else if (stalledTicks > limits.stallTicks()) {
            close("it took nothing for " + limits.stallTicks() + " s while " + queue.queuedBytes() + " bytes waited");
        } else if (ticks % limits.pingTicks() == 0) {
            ping();
        }
    }

    /** Closes the connection and logs why. */
    void close(String why) {
        if (!retired) {
            LOG.warn("closed the connection to {} at {}: {}", who.peer(), remote, why);
            endpoint.lost(this);
        }
    }

    /** Ends the connection's life: nothing is delivered from it any more. False if that was done before. */
    boolean retire() {
        if (retired) {
            return false;
        }
        retired = true;
        channel.close();
        return true;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        endpoint.lost(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof MalformedFrameException) {
            close(String.valueOf(cause.getMessage()));
        } else if (cause instanceof IOException) {
            endpoint.lost(this);
        } else {
            endpoint.failed(channel, cause);
        }
    }

    @Override
    public String toString() {
        return who.peer() + " at " + remote;
    }
}
