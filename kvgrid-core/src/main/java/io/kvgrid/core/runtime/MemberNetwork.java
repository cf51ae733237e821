package io.kvgrid.core.runtime;

import io.kvgrid.HostPort;
import io.kvgrid.NodeId;
import io.kvgrid.core.message.Envelope;
import io.kvgrid.core.message.Hello;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.replication.Outbound;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.core.serialization.DescriptionDigest;
import io.kvgrid.core.wire.HelloCodec;
import io.kvgrid.core.wire.MessageCodec;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import io.kvgrid.spi.transport.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member's side of the network: what it says of itself, whom it connects to, and how messages leave. */
final class MemberNetwork {
    private static final Logger log = LoggerFactory.getLogger(MemberNetwork.class);
    /** The one feature level there is (P44). */
    private static final int FEATURE_LEVEL = 1;

    private final Transport transport;
    private final MemberSettings settings;
    private volatile MemberRun run;
    /** What this process was before its data was repaired. */
    private final Set<UUID> formerRuns = ConcurrentHashMap.newKeySet();

    private final StatusBoard board;
    private final ByteBuffer serializers;
    private final AddressBook addresses;
    private final PeerEvents events;
    private volatile String ownAddress = "";
    private volatile BiConsumer<NodeId, Message> arbiterMessages =
            (from, message) -> log.debug("nobody here takes Arbiter messages");

    MemberNetwork(
            MemberParts parts,
            MemberSettings settings,
            MemberRun run,
            StatusBoard board,
            ReplicaLoop replica,
            Refusals refusals,
            Consumer<Throwable> onError) {
        this.transport = parts.transport();
        this.settings = settings;
        this.run = run;
        this.board = board;
        serializers = DescriptionDigest.of(settings.serializers()).encode(HelloCodec.MAX_SERIALIZERS_BYTES);
        addresses = new AddressBook(transport);
        events = new PeerEvents(
                transport,
                this::hello,
                settings.serializers(),
                addresses,
                replica,
                // not guarded: a member that has failed goes on to host the Arbiter
                (from, message) -> parts.loop().execute(() -> arbiterMessages.accept(from, message)),
                refusals,
                formerRuns::contains,
                onError::accept);
    }

    /** Listens, and connects to the configured peers. */
    Optional<InetSocketAddress> start() {
        Optional<InetSocketAddress> bound = transport.start(events);
        // a wildcard is an address on which others reach themselves
        bound.filter(address -> !address.getAddress().isAnyLocalAddress())
                .ifPresent(address -> ownAddress = HostPort.format(address));
        addresses.addAll(settings.peers());
        run.meta().config().ifPresent(this::connectTo);
        return bound;
    }

    /**
     * This process is another run from now on. A hello says who a connection leads to, so each peer has to hear a new one:
     * all connections are closed, and opened again.
     */
    void become(MemberRun newRun) {
        formerRuns.add(run.bootId());
        run = newRun;
        events.hellos().forEach(hello -> transport.disconnect(hello.node()));
    }

    /** Where others reach this node; empty if they cannot. */
    String ownAddress() {
        return ownAddress;
    }

    void onArbiterMessage(BiConsumer<NodeId, Message> handler) {
        arbiterMessages = handler;
    }

    /** Keeps connections to the members that a newer configuration names. */
    void onStatus(ReplicaStatus status) {
        status.config().ifPresent(this::connectTo);
    }

    /** Sends a message; it may be lost. Called by the loop. */
    void send(Outbound outbound) {
        transport.send(outbound.to(), MessageCodec.encode(outbound.envelope(), outbound.message()));
    }

    /** Sends a message that is exempt from fencing (P5). */
    boolean sendExempt(NodeId to, Message message) {
        Envelope envelope = new Envelope(Envelope.NO_ID, 0, 0, run.bootId(), Envelope.NO_ID);
        return transport.send(to, MessageCodec.encode(envelope, message));
    }

    /** Sends to the peer that hosts the Arbiter; false if none is connected. */
    boolean sendToArbiterHost(Message message) {
        for (Hello hello : events.hellos()) {
            if (hello.hostsArbiter() && sendExempt(hello.node(), message)) {
                return true;
            }
        }
        return false;
    }

    private void connectTo(GridConfig config) {
        for (Member member : config.members()) {
            if (!member.nodeId().equals(run.meta().nodeId())) {
                addresses.add(member.address());
            }
        }
    }

    private Hello hello() {
        MemberRun present = run;
        ReplicaMeta meta = present.meta();
        Optional<GridConfig> config = board.status().config().or(meta::config);
        return new Hello(
                meta.gridName(),
                meta.nodeId(),
                present.bootId(),
                meta.storeId(),
                config.map(GridConfig::lineageId),
                ownAddress,
                settings.hostsArbiter(),
                FEATURE_LEVEL,
                FEATURE_LEVEL,
                settings.replica().minInSync(),
                settings.replica().leaseNanos() / 1_000_000,
                settings.replica().leasedReads(),
                serializers.duplicate());
    }
}
