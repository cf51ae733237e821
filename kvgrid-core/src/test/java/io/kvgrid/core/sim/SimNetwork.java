package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.MessageType;
import io.kvgrid.spi.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Who can reach whom, how fast, and what is lost on the way. */
final class SimNetwork {
    /** One direction between two nodes. */
    record Link(NodeId from, NodeId to) {}

    private final SimClock clock;
    private final Faults faults;
    private final RandomGenerator random;
    private final Trace trace;
    private final long latencyNanos;
    private final BiConsumer<SimProcess, ByteBuffer> onHello;
    private final Map<InetSocketAddress, SimTransport> listening = new HashMap<>();
    private final List<SimTransport> transports = new ArrayList<>();
    private final Map<Link, ByteBuffer> kept = new HashMap<>();
    private @Nullable MessageType keptType;
    /** Blocked links, and whether what is sent over them is held until they open. */
    private final Map<Link, Boolean> blocked = new HashMap<>();

    /**
     * @param onHello told of every hello and who says it
     */
    SimNetwork(
            SimClock clock,
            Faults faults,
            RandomGenerator random,
            Trace trace,
            long latencyNanos,
            BiConsumer<SimProcess, ByteBuffer> onHello) {
        this.onHello = onHello;
        this.clock = clock;
        this.faults = faults;
        this.random = random;
        this.trace = trace;
        this.latencyNanos = latencyNanos;
    }

    /** The address of {@code node}, whose name has one letter. */
    static InetSocketAddress address(NodeId node) {
        try { // without the name of the host, which a node would look up
            return new InetSocketAddress(
                    InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
                    7400 + node.value().charAt(0));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** Where a second process with that node's name listens. */
    static InetSocketAddress twinAddress(NodeId node) {
        InetSocketAddress first = address(node);
        return new InetSocketAddress(first.getAddress(), first.getPort() + 1_000);
    }

    /** The network as one process reaches it. */
    Transport attach(SimProcess process) {
        return attach(process, address(process.node()));
    }

    /** The same for one that listens elsewhere than its node should. */
    Transport attach(SimProcess process, InetSocketAddress address) {
        SimTransport transport = new SimTransport(this, process, address);
        transports.add(transport);
        return transport;
    }

    /** Cuts one direction; with {@code hold} what is sent arrives when it opens again, otherwise it is lost. */
    void block(NodeId from, NodeId to, boolean hold) {
        blocked.put(new Link(from, to), hold);
    }

    void unblock(NodeId from, NodeId to) {
        if (blocked.remove(new Link(from, to)) != null) {
            transports.forEach(each -> each.release(from, to));
        }
    }

    void unblockAll() {
        List<Link> links = new ArrayList<>(blocked.keySet());
        links.sort(Comparator.comparing(Link::from).thenComparing(Link::to));
        links.forEach(link -> unblock(link.from(), link.to()));
    }

    /** From now on the last message of that type on each link is kept, to be sent again. */
    void keeps(MessageType type) {
        keptType = type;
    }

    /** What was kept of that link arrives once more, if anything was. */
    void replayKept(NodeId from, NodeId to) {
        ByteBuffer frame = Objects.requireNonNull(kept.get(new Link(from, to)), "nothing was kept");
        transports.stream()
                .filter(each -> each.process().node().equals(to))
                .findFirst()
                .orElseThrow()
                .replay(from, to, frame);
    }

    void delivered(NodeId from, NodeId to, ByteBuffer frame) {
        if (keptType != null && keptType.code() == frame.get(1)) {
            kept.put(new Link(from, to), frame);
        }
    }

    /** The process has died: its sockets are gone. */
    void crash(SimProcess process) {
        for (SimTransport transport : List.copyOf(transports)) {
            if (transport.process() == process) {
                transport.die();
            }
        }
    }

    // what SimTransport and SimConnection call

    boolean isBlocked(NodeId from, NodeId to) {
        return blocked.containsKey(new Link(from, to));
    }

    boolean holds(NodeId from, NodeId to) {
        return blocked.getOrDefault(new Link(from, to), false);
    }

    void listen(SimTransport transport) {
        listening.put(transport.address(), transport);
    }

    void gone(SimTransport transport) {
        listening.remove(transport.address(), transport);
        transports.remove(transport);
    }

    /** Who listens at {@code address}; empty if nobody, or if no connection can be made from {@code by}. */
    Optional<SimTransport> listener(InetSocketAddress address, NodeId by) {
        @Nullable SimTransport found = listening.get(address);
        if (found == null
                || found.process().isPaused()
                || isBlocked(by, found.process().node())
                || isBlocked(found.process().node(), by)) {
            return Optional.empty();
        }
        return Optional.of(found);
    }

    void onHello(SimProcess by, ByteBuffer hello) {
        onHello.accept(by, hello.duplicate());
    }

    SimClock clock() {
        return clock;
    }

    Faults faults() {
        return faults;
    }

    RandomGenerator random() {
        return random;
    }

    Trace trace() {
        return trace;
    }

    /** How long one message takes this time, faults aside. */
    long latencyNanos() {
        return (long) (latencyNanos * (0.5 + random.nextDouble()));
    }
}
