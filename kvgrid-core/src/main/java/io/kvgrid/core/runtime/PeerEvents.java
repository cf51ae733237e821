package io.kvgrid.core.runtime;

import io.kvgrid.HostPort;
import io.kvgrid.NodeId;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Hello;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.wire.Decoded;
import io.kvgrid.core.wire.HelloCodec;
import io.kvgrid.core.wire.MalformedMessageException;
import io.kvgrid.core.wire.MessageCodec;
import io.kvgrid.spi.transport.HelloVerdict;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportListener;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes inputs of what the transport tells: says and judges hellos, decodes messages on the transport's threads, and
 * drops a peer that sends what cannot be decoded (X14). Called on the transport's threads; stateless but for who is there.
 */
final class PeerEvents implements TransportListener {
    private static final Logger log = LoggerFactory.getLogger(PeerEvents.class);

    private final Transport transport;
    private final Supplier<Hello> ownHello;
    private final List<String> serializers;
    private final AddressBook addresses;
    private final ReplicaLoop replica;
    private final BiConsumer<NodeId, Message> arbiterMessages;
    private final Refusals refusals;
    private final Predicate<UUID> isFormerRun;
    private final Consumer<Error> onError;

    /** The newest hello of each peer that was accepted; bounded by the transport's limit on connections. */
    private final Map<NodeId, Hello> hellos = new ConcurrentHashMap<>();
    /** Of the peers to whom a connection stands, the hello of the run that it leads to. */
    private final Map<NodeId, Hello> connected = new ConcurrentHashMap<>();

    /**
     * @param ownHello what this node says of itself now
     * @param arbiterMessages takes Arbiter requests and replies, which are not the replica's
     * @param isFormerRun whether this process was that run and is another by now
     * @param refusals told why a peer refuses this node, or this node a peer
     */
    PeerEvents(
            Transport transport,
            Supplier<Hello> ownHello,
            List<String> serializers,
            AddressBook addresses,
            ReplicaLoop replica,
            BiConsumer<NodeId, Message> arbiterMessages,
            Refusals refusals,
            Predicate<UUID> isFormerRun,
            Consumer<Error> onError) {
        this.transport = transport;
        this.ownHello = ownHello;
        this.serializers = serializers;
        this.addresses = addresses;
        this.replica = replica;
        this.arbiterMessages = arbiterMessages;
        this.refusals = refusals;
        this.isFormerRun = isFormerRun;
        this.onError = onError;
    }

    /** What a peer that is or was connected said of itself. */
    Optional<Hello> hello(NodeId peer) {
        return Optional.ofNullable(hellos.get(peer));
    }

    /** The peers that have said hello, in order of their ids. */
    List<Hello> hellos() {
        return hellos.values().stream()
                .sorted((a, b) -> a.node().compareTo(b.node()))
                .toList();
    }

    @Override
    public ByteBuffer hello() {
        return HelloCodec.encode(ownHello.get());
    }

    @Override
    public HelloVerdict onHello(ByteBuffer bytes, InetSocketAddress from) {
        Hello hello;
        try {
            hello = HelloCodec.decode(bytes);
        } catch (MalformedMessageException e) {
            return new HelloVerdict.Refused("not a hello that this node understands: " + e.getMessage());
        }
        Optional<String> refusal = HelloJudge.refusal(ownHello.get(), serializers, hello)
                .or(() -> HelloJudge.twinRefusal(connected.get(hello.node()), hello));
        if (refusal.isPresent()) {
            refusals.refused("this node refuses node '" + hello.node() + "'", refusal.get());
            return new HelloVerdict.Refused(refusal.get());
        }
        hellos.put(hello.node(), hello);
        addresses.add(hello.address());
        return new HelloVerdict.Accepted(hello.node(), hello.bootId());
    }

    @Override
    public void onRefused(InetSocketAddress by, String reason) {
        refusals.refused("the node at " + HostPort.format(by) + " refuses this one", printable(reason));
    }

    @Override
    public void onConnected(NodeId peer) {
        refusals.accepted();
        Hello hello = hellos.get(peer);
        if (hello != null) {
            connected.put(peer, hello);
            replica.offer(new Input.PeerConnected(
                    peer, hello.bootId(), hello.lineageId().orElse(Envelope.NO_ID)));
        }
    }

    @Override
    public void onFrame(NodeId peer, ByteBuffer frame) {
        try {
            Decoded decoded = MessageCodec.decode(frame);
            Message message = decoded.message();
            if (message instanceof Message.ArbiterRequest || message instanceof Message.ArbiterReply) {
                arbiterMessages.accept(peer, message);
            } else if (isFormerRun.test(decoded.envelope().toBoot())) {
                transport.disconnect(peer); // it was told who this is before that changed, and hears it anew
            } else {
                replica.offer(new Input.Received(peer, decoded.envelope(), message), frame.remaining());
            }
        } catch (MalformedMessageException e) {
            log.warn("node '{}' sent what this node does not understand and is disconnected: {}", peer, e.getMessage());
            transport.disconnect(peer);
        } catch (Error e) { // P43
            onError.accept(e);
            throw e;
        }
    }

    @Override
    public void onDisconnected(NodeId peer) {
        connected.remove(peer);
        replica.offer(new Input.PeerDisconnected(peer));
    }

    /** The text is a stranger's: nothing in it may look like a line of the log (X11). */
    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().limit(512).forEach(c -> printable.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return printable.toString();
    }
}
