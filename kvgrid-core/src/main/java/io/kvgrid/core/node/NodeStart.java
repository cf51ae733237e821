package io.kvgrid.core.node;

import io.kvgrid.DamagedDataException;
import io.kvgrid.DataDirectoryInUseException;
import io.kvgrid.GridNode;
import io.kvgrid.GridStartException;
import io.kvgrid.NodeId;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.replication.ReplicaSettings;
import io.kvgrid.core.replication.Rules;
import io.kvgrid.core.runtime.MemberParts;
import io.kvgrid.core.runtime.MemberRuntime;
import io.kvgrid.core.runtime.MemberSettings;
import io.kvgrid.core.runtime.StoreIdentity;
import io.kvgrid.core.runtime.ThreadLoop;
import io.kvgrid.core.store.KeyHash;
import io.kvgrid.spi.GridNodeSettings;
import io.kvgrid.spi.persistence.CorruptLogException;
import io.kvgrid.spi.persistence.Persistence;
import io.kvgrid.spi.persistence.PersistenceException;
import io.kvgrid.spi.persistence.PersistenceProvider;
import io.kvgrid.spi.persistence.StoreInUseException;
import io.kvgrid.spi.transport.Transport;
import io.kvgrid.spi.transport.TransportProvider;
import io.kvgrid.spi.transport.TransportSettings;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One start of a node: opens its data, then the Arbiter if it lives here, listens, and lets the member recover and join.
 * What fails on the way closes everything before it.
 */
final class NodeStart<K, V> {
    private static final Logger log = LoggerFactory.getLogger(NodeStart.class);

    private final GridNodeSettings<K, V> settings;
    private final DataRoot root;
    private final SecureRandom random = new SecureRandom();
    private final NodeResources resources = new NodeResources();

    NodeStart(GridNodeSettings<K, V> settings) {
        this.settings = settings;
        root = new DataRoot(settings.dataRoot(), settings.gridName());
    }

    /** @throws GridStartException if something that can be checked at once is wrong; nothing is left behind */
    GridNode<K, V> start() {
        try {
            return assemble();
        } catch (PersistenceException e) {
            resources.close();
            throw startFailure(e);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    private GridNode<K, V> assemble() {
        NodeMaps<K, V> maps = NodeMaps.of(settings);
        TransportProvider transports = settings.transport().orElseGet(Providers::transport);
        Function<Path, Persistence> files = directory -> persistenceProvider().in(directory);
        Optional<NodeId> wanted = settings.persistence().isPresent()
                ? settings.nodeId()
                : Optional.of(settings.nodeId().orElseGet(root::recordedNode));
        Persistence persistence = settings.persistence().orElseGet(() -> files.apply(root.node(wanted.orElseThrow())));
        resources.persistence(persistence);
        Optional<ByteBuffer> saved = persistence.open();
        ReplicaMeta meta =
                StoreIdentity.atStart(saved, settings.gridName(), wanted, randomId(), DataRoot::randomNode, randomId());
        NodeId id = meta.nodeId();

        ThreadLoop loop = ThreadLoop.start(id, cause -> log.error("node '{}': a task of the loop failed", id, cause));
        resources.loop(loop);
        Transport transport = transports.create(TransportSettings.of(id, settings.listen()));
        resources.transport(transport);
        Executor callbacks = new CallbackExecutor(
                settings.callbackExecutor().orElseGet(() -> resources.callbacks(new CallbackPool(id))));
        MemberRuntime member = new MemberRuntime(
                new MemberParts(
                        loop,
                        persistence,
                        transport,
                        callbacks,
                        random,
                        new KeyHash(random.nextLong(), random.nextLong()),
                        new Rules()),
                memberSettings(maps),
                meta);
        ArbiterParts arbiter = ArbiterParts.open(settings.arbiter(), root.arbiter(), files, persistence, loop, member);
        resources.arbiter(arbiter);
        Optional<InetSocketAddress> address = member.listen();
        resources.member(member, id);

        Node<K, V> node = new Node<>(
                id,
                address,
                member,
                maps.open(member, settings),
                resources,
                callbacks,
                ArbiterParts.isHosted(settings.arbiter()));
        settings.listeners().forEach(node::addListener);
        member.start(arbiter.arbiter());
        return node;
    }

    private MemberSettings memberSettings(NodeMaps<K, V> maps) {
        List<InetSocketAddress> peers = new ArrayList<>(settings.peers());
        ArbiterParts.remoteHost(settings.arbiter())
                .filter(host -> !peers.contains(host))
                .ifPresent(peers::add);
        ReplicaSettings replica = ReplicaSettings.of(
                settings.lease().toNanos(),
                settings.minInSync(),
                settings.leasedReads(),
                settings.bootstrap(),
                !peers.isEmpty());
        return new MemberSettings(
                settings.forcedLsn().isPresent()
                        ? replica.forcedAt(settings.forcedLsn().getAsLong())
                        : replica,
                settings.limits(),
                peers,
                maps.description(),
                settings.writeForwarding(),
                ArbiterParts.isHosted(settings.arbiter()));
    }

    private static PersistenceProvider persistenceProvider() {
        return Providers.persistence();
    }

    /** From a secure source (X17). */
    private UUID randomId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static GridStartException startFailure(PersistenceException cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof StoreInUseException) {
            return new DataDirectoryInUseException(message, cause);
        }
        return cause instanceof CorruptLogException
                ? new DamagedDataException(message, cause)
                : new GridStartException(message, cause);
    }
}
