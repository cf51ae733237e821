package io.kvgrid.testkit;

import io.kvgrid.NodeId;
import io.kvgrid.spi.transport.HelloVerdict;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportListener;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One node in a test of a transport: owns the transport, is its listener, remembers what it is told, and notes whatever
 * breaks the order that {@link TransportListener} promises. Its hello is its id and its boot id as text.
 */
public final class TransportNode implements TransportListener, AutoCloseable {
    private final NodeId id;
    private final UUID bootId = UUID.randomUUID();
    private final Transport transport;
    private Optional<InetSocketAddress> address = Optional.empty();

    // all guarded by this
    private final Map<NodeId, List<byte[]>> frames = new HashMap<>();
    private final Map<NodeId, Integer> connects = new HashMap<>();
    private final Set<NodeId> connected = new HashSet<>();
    private final Set<NodeId> inCallback = new HashSet<>();
    private final List<String> hellos = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private Function<String, Optional<String>> judge = hello -> Optional.empty();
    private BiConsumer<NodeId, ByteBuffer> frameHook = (peer, frame) -> {};
    private boolean closed;

    /** A node that has not been started; {@code transport} must have been made for {@code id}. */
    public TransportNode(NodeId id, Transport transport) {
        this.id = id;
        this.transport = transport;
    }

    /** Starts the transport. */
    public TransportNode start() {
        address = transport.start(this);
        return this;
    }

    /** Which run of the node it is. */
    public UUID bootId() {
        return bootId;
    }

    /** The node's id. */
    public NodeId id() {
        return id;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address.orElseThrow();
    }

    /** The transport under test. */
    public Transport transport() {
        return transport;
    }

    /** Refuses hellos for which {@code judge} gives a reason, from now on. */
    public synchronized TransportNode refusing(Function<String, Optional<String>> judge) {
        this.judge = judge;
        return this;
    }

    /** Calls {@code hook} with each frame before it is remembered, on the transport's thread. */
    public synchronized TransportNode onEachFrame(BiConsumer<NodeId, ByteBuffer> hook) {
        frameHook = hook;
        return this;
    }

    /** Sends {@code text} as one frame. */
    public boolean send(TransportNode peer, String text) {
        return transport.send(peer.id, List.of(StandardCharsets.UTF_8.encode(text)));
    }

    @Override
    public ByteBuffer hello() {
        return StandardCharsets.UTF_8.encode(id + " " + bootId);
    }

    @Override
    public HelloVerdict onHello(ByteBuffer hello, InetSocketAddress from) {
        String text = StandardCharsets.UTF_8.decode(hello).toString();
        Optional<String> refusal;
        synchronized (this) {
            hellos.add(text);
            refusal = judge.apply(text);
            notifyAll();
        }
        String[] parts = text.split(" ", -1);
        if (refusal.isEmpty() && parts.length != 2) {
            refusal = Optional.of("not a hello: " + text);
        }
        return refusal.<HelloVerdict>map(HelloVerdict.Refused::new)
                .orElseGet(() -> new HelloVerdict.Accepted(new NodeId(parts[0]), UUID.fromString(parts[1])));
    }

    @Override
    public synchronized void onRefused(InetSocketAddress by, String reason) {
        check(!closed, "onRefused after close");
        refusals.add(reason);
        notifyAll();
    }

    @Override
    public void onConnected(NodeId peer) {
        enter(peer, "onConnected");
        synchronized (this) {
            check(connected.add(peer), "onConnected(" + peer + ") while connected");
            connects.merge(peer, 1, Integer::sum);
            notifyAll();
        }
        leave(peer);
    }

    @Override
    public void onFrame(NodeId peer, ByteBuffer frame) {
        enter(peer, "onFrame");
        BiConsumer<NodeId, ByteBuffer> hook;
        synchronized (this) {
            check(connected.contains(peer), "onFrame(" + peer + ") while not connected");
            hook = frameHook;
        }
        try {
            hook.accept(peer, frame.duplicate());
            byte[] bytes = new byte[frame.remaining()];
            frame.get(bytes);
            synchronized (this) {
                frames.computeIfAbsent(peer, p -> new ArrayList<>()).add(bytes);
                notifyAll();
            }
        } finally {
            leave(peer);
        }
    }

    @Override
    public void onDisconnected(NodeId peer) {
        enter(peer, "onDisconnected");
        synchronized (this) {
            check(connected.remove(peer), "onDisconnected(" + peer + ") while not connected");
            notifyAll();
        }
        leave(peer);
    }

    private synchronized void enter(NodeId peer, String call) {
        check(!closed, call + " after close");
        check(inCallback.add(peer), call + "(" + peer + ") during another call for the same peer");
    }

    private synchronized void leave(NodeId peer) {
        inCallback.remove(peer);
    }

    private void check(boolean holds, String violation) {
        if (!holds) {
            violations.add(violation);
        }
    }

    /** What broke the listener's promises so far. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** The hellos this node was asked to judge. */
    public synchronized List<String> hellos() {
        return List.copyOf(hellos);
    }

    /** The reasons with which others refused this node. */
    public synchronized List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** Whether a connection to {@code peer} stands. */
    public synchronized boolean isConnected(TransportNode peer) {
        return connected.contains(peer.id);
    }

    /** How many connections to {@code peer} have stood so far. */
    public synchronized int connects(TransportNode peer) {
        return connects.getOrDefault(peer.id, 0);
    }

    /** What {@code peer} sent. */
    public synchronized List<byte[]> frames(TransportNode peer) {
        return List.copyOf(frames.getOrDefault(peer.id, List.of()));
    }

    /** What {@code peer} sent, as text. */
    public synchronized List<String> texts(TransportNode peer) {
        return frames(peer).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    /** How many frames {@code peer} sent. */
    public synchronized int frameCount(TransportNode peer) {
        return frames.getOrDefault(peer.id, List.of()).size();
    }

    /** Waits until a connection to {@code peer} stands. */
    public void awaitConnected(TransportNode peer) {
        await(id + " connected to " + peer.id, () -> connected.contains(peer.id));
    }

    /** Waits until no connection to {@code peer} stands. */
    public void awaitDisconnected(TransportNode peer) {
        await(id + " not connected to " + peer.id, () -> !connected.contains(peer.id));
    }

    /** Waits until {@code peer} has sent {@code count} frames in all. */
    public void awaitFrames(TransportNode peer, int count) {
        await(id + " got " + count + " frames of " + peer.id, () -> frameCount(peer) >= count);
    }

    /** Waits until another node refused this one. */
    public void awaitRefusal() {
        await(id + " refused", () -> !refusals.isEmpty());
    }

    /** Waits for {@code condition} on this node, for at most 20 seconds. */
    public void await(String what, BooleanSupplier condition) {
        if (!comesTrue(condition, 20_000)) {
            throw new AssertionError(new TimeoutException("not within 20 s: " + what));
        }
    }

    /** Whether {@code condition} on this node comes true within so many milliseconds. */
    public synchronized boolean comesTrue(BooleanSupplier condition, long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            while (!condition.getAsBoolean()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return true;
    }

    /** Closes the transport; whatever it says afterwards is a violation. */
    @Override
    public void close() {
        transport.close();
        synchronized (this) {
            closed = true;
        }
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
