package io.kvgrid.spi.transport;

import io.kvgrid.NodeId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Carries opaque frames between the nodes of a grid. It may lose frames, but never damages, reorders or duplicates those
 * of one connection, and never blocks a caller. One connection is kept per pair of nodes, whoever opened it.
 *
 * <p>Connections open with a hello from each side; its bytes come from the {@link TransportListener}, which also judges
 * the peer's. Thread-safe. After {@link #close} every method but {@code close} does nothing.
 */
public interface Transport extends AutoCloseable {
    /**
     * Starts listening, if an address was configured, and delivering to {@code listener}. Called once.
     *
     * @return the address it listens on, with the real port where 0 was asked for; empty if it does not listen
     * @throws io.kvgrid.PortInUseException if the port is taken
     */
    Optional<InetSocketAddress> start(TransportListener listener);

    /**
     * Keeps a connection to the node at {@code address} from now on: connects, and connects again, with capped and
     * jittered delays, whenever it is lost. Addresses known already, and this node's own, are ignored.
     */
    void connect(InetSocketAddress address);

    /** Stops keeping a connection to {@code address}; one that is open stays until it is lost. */
    void forget(InetSocketAddress address);

    /**
     * Queues one frame for {@code peer}. The parts are sent one behind the other as one frame; they are not changed
     * afterwards by either side, and their positions do not move.
     *
     * @return false if the frame was dropped: there is no connection, or its queue is full. True promises nothing
     * @throws IllegalArgumentException if the parts exceed {@link #maxFrameBytes()}
     */
    boolean send(NodeId peer, List<ByteBuffer> parts);

    /** The largest frame that {@link #send} takes, in bytes of payload. */
    int maxFrameBytes();

    /** Closes the connection to {@code peer}, if there is one. It may be opened again. */
    void disconnect(NodeId peer);

    /** Stops listening, closes all connections, ends all threads. Blocks for at most a few seconds. Idempotent. */
    @Override
    void close();
}
