package io.kvgrid.spi.transport;

import io.kvgrid.NodeId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * What a {@link Transport} tells its owner. Called on the transport's threads, for one peer by one thread at a time;
 * must not block. {@code onConnected}, the frames and {@code onDisconnected} of one connection come in this order.
 */
public interface TransportListener {
    /** This node's hello, sent first on every connection; at most {@link #MAX_HELLO_BYTES}. */
    ByteBuffer hello();

    /** Longest hello, in bytes. A peer that sends more is not one of ours. */
    int MAX_HELLO_BYTES = 1024;

    /**
     * Judges a peer's hello. Must accept any bytes: what is not a valid hello is refused.
     *
     * @param hello the bytes the peer sent; valid during this call
     * @param from where they came from
     */
    HelloVerdict onHello(ByteBuffer hello, InetSocketAddress from);

    /** The peer refused this node's hello, with its reason; the connection is closed. The text is the peer's: escape it. */
    void onRefused(InetSocketAddress by, String reason);

    /** A connection to {@code peer} stands; it replaces an earlier one, whose {@code onDisconnected} has been called. */
    void onConnected(NodeId peer);

    /** A frame from {@code peer}. The buffer is valid during this call only. */
    void onFrame(NodeId peer, ByteBuffer frame);

    /** The connection to {@code peer} is lost. */
    void onDisconnected(NodeId peer);
}
