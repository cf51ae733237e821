package io.kvgrid.transport.netty;

import io.kvgrid.spi.transport.HelloVerdict;
import io.kvgrid.spi.transport.TransportListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection up to the moment when it stands; then {@link PeerConnection} takes its place.
 *
 * <ol>
 *   <li>Both nodes send HELLO as soon as TCP connects them.
 *   <li>Each judges the other's. The node with the greater id sends ACCEPT at once, with the last ticket it lost.
 *   <li>The one with the smaller id decides ({@link PeerTable}): ACCEPT with a new ticket, and the connection stands for
 *       it, or REDUNDANT.
 *   <li>The other receives that ACCEPT, and the connection stands for it too.
 * </ol>
 *
 * Instead of ACCEPT either may send REFUSE; who receives REFUSE or REDUNDANT closes. Runs on the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on a channel ends it, and its handler hears of that
final class HandshakeHandler extends SimpleChannelInboundHandler<Frame> {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

    private enum Step {
        HELLO,
        ACCEPT,
        /** This node has said no; the peer closes. Closing first could destroy what was said on its way. */
        LEAVING
    }

    /** How an attempt to connect ended that brought no standing connection. */
    enum End {
        FAILED,
        REFUSED,
        REDUNDANT,
        SELF
    }

    private final Endpoint endpoint;
    private final SocketChannel channel;
    private final @Nullable PeerConnector connector;
    private final InetSocketAddress remote;
    private final UUID nonce = UUID.randomUUID(); // from a secure source (X17)
    private Step step = Step.HELLO;
    private End end = End.FAILED;
    private boolean reported;
    private int ticks;
    private UUID peerNonce = nonce; // until its hello is there
    private @Nullable Candidate candidate;
    private long serial;

    /**
     * A connection's handshake.
     *
     * @param connector who opened it; null if the peer did
     */
    HandshakeHandler(Endpoint endpoint, SocketChannel channel, @Nullable PeerConnector connector) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.connector = connector;
        this.remote = connector == null ? channel.remoteAddress() : connector.address();
    }

    UUID nonce() {
        return nonce;
    }

    /** Whether someone else opened the connection. */
    boolean isStranger() {
        return connector == null;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        serial = endpoint.nextSerial();
        endpoint.handshakes().begin(this);
        ByteBuffer hello = endpoint.listener().hello();
        if (hello.remaining() > TransportListener.MAX_HELLO_BYTES) {
            throw new IllegalStateException("the listener's hello has " + hello.remaining() + " bytes, at most "
                    + TransportListener.MAX_HELLO_BYTES + " are allowed");
        }
        endpoint.write(channel, FrameType.HELLO, HandshakeFormat.hello(nonce, hello));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
        switch (frame.type()) {
            case HELLO -> {
                if (step != Step.HELLO) {
                    throw frame.unexpected("no second HELLO");
                }
                onHello(frame);
            }
            case ACCEPT -> {
                if (step == Step.LEAVING) {
                    return; // sent before our answer came
                }
                onAccept(frame, greeted(frame));
            }
            case REFUSE -> {
                greeted(frame);
                onRefuse(frame);
            }
            case REDUNDANT -> {
                greeted(frame);
                frame.checkLength(0, 0);
                leave(End.REDUNDANT);
            }
            case PING, DATA -> throw frame.unexpected("a frame of the handshake");
        }
    }

    /** Whom the connection leads to; an error if the peer has not said so yet. */
    private @Nullable Candidate greeted(Frame frame) {
        if (step == Step.HELLO) {
            throw frame.unexpected("HELLO");
        }
        return candidate;
    }

    private void onHello(Frame frame) {
        frame.checkLength(HandshakeFormat.HELLO_AT, HandshakeFormat.MAX_HELLO_PAYLOAD_BYTES);
        peerNonce = HandshakeFormat.nonce(frame);
        HandshakeHandler self = endpoint.handshakes().sentBy(peerNonce);
        if (self != null) {
            self.leave(End.SELF);
            leave(End.SELF);
            return;
        }
        HelloVerdict verdict = endpoint.listener().onHello(HandshakeFormat.hello(frame), remote);
        if (verdict instanceof HelloVerdict.Accepted accepted) {
            accept(accepted);
        } else if (verdict instanceof HelloVerdict.Refused refused) {
            refuse(refused.reason());
        }
    }

    private void accept(HelloVerdict.Accepted accepted) {
        int order = accepted.peer().compareTo(endpoint.self());
        if (order == 0) {
            refuse("both nodes are called \"" + endpoint.self() + "\": give each node an id of its own");
            return;
        }
        step = Step.ACCEPT;
        candidate = new Candidate(accepted.peer(), accepted.bootId(), serial);
        if (connector != null) {
            connector.met(accepted.peer());
        }
        if (order < 0) {
            sendAccept(endpoint.peers().lostTicket(candidate));
        }
    }

    private void refuse(String reason) {
        step = Step.LEAVING;
        end = End.REFUSED;
        report("its hello was refused: " + LogText.printable(reason));
        endpoint.write(channel, FrameType.REFUSE, HandshakeFormat.refuse(reason));
    }

    private void onAccept(Frame frame, @Nullable Candidate candidate) {
        frame.checkLength(HandshakeFormat.ACCEPT_BYTES, HandshakeFormat.ACCEPT_BYTES);
        UUID echoed = HandshakeFormat.nonce(frame);
        if (!echoed.equals(nonce)) {
            throw frame.malformed("nonce", HandshakeFormat.NONCE_AT, nonce.toString(), echoed.toString());
        }
        if (candidate == null) {
            throw frame.unexpected("HELLO");
        }
        long ticket = HandshakeFormat.ticket(frame);
        boolean decides = endpoint.self().compareTo(candidate.peer()) < 0;
        if (!decides && endpoint.peers().follow(candidate, ticket)) {
            stand(candidate, ticket);
        } else if (!decides) {
            leave(End.REDUNDANT);
        } else if (endpoint.peers().decide(candidate, ticket)) {
            long issued = endpoint.peers().issueTicket();
            sendAccept(issued);
            stand(candidate, issued);
        } else {
            step = Step.LEAVING;
            end = End.REDUNDANT;
            endpoint.write(channel, FrameType.REDUNDANT, List.of());
            endpoint.probe(candidate.peer());
        }
    }

    private void onRefuse(Frame frame) {
        frame.checkLength(0, HandshakeFormat.MAX_REASON_BYTES);
        String reason = HandshakeFormat.reason(frame);
        LOG.debug("{} refused this node's hello: {}", remote, LogText.printable(reason));
        leave(End.REFUSED);
        endpoint.listener().onRefused(remote, reason);
    }

    private void sendAccept(long ticket) {
        endpoint.write(channel, FrameType.ACCEPT, HandshakeFormat.accept(peerNonce, ticket));
    }

    private void stand(Candidate candidate, long ticket) {
        endpoint.handshakes().end(this);
        PeerConnection connection = new PeerConnection(endpoint, channel, candidate, ticket, remote);
        channel.pipeline().get(FrameDecoder.class).maxPayloadBytes(endpoint.maxFrameBytes());
        channel.pipeline().replace(this, null, connection);
        if (connector != null) {
            connector.connected();
        }
        endpoint.stand(connection);
    }

    void tick() {
        if (++ticks > endpoint.limits().handshakeTicks()) {
            reject("its handshake took more than " + endpoint.limits().handshakeTicks() + " s");
        }
    }

    /** Closes the connection and logs why, in printable text. */
    void reject(String why) {
        report(why);
        leave(end);
    }

    /** Closes the connection because this node stops. */
    void close() {
        leave(end);
    }

    private void report(String why) {
        if (reported) {
            return;
        }
        reported = true;
        if (connector == null) {
            endpoint.strangers().turnedAway(remote, why);
        } else {
            connector.report(why);
        }
    }

    private void leave(End how) {
        end = how;
        reported = true;
        endpoint.handshakes().end(this);
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (step == Step.HELLO) {
            report("it closed before its hello had come");
        }
        endpoint.handshakes().end(this);
        if (connector != null) {
            connector.ended(end);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof MalformedFrameException malformed) {
            reject(String.valueOf(malformed.getMessage()));
        } else if (cause instanceof IOException) {
            channel.close();
        } else {
            endpoint.failed(channel, cause);
        }
    }
}
