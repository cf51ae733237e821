package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.LogRange;
import java.util.List;
import java.util.Optional;

/** What only a node in its present role has and does. {@link Replica} alone replaces it. */
sealed interface RoleState permits Primary, Follower {
    Role role();

    /** Whether client operations may be given. */
    boolean isServing();

    /** A message of this cv and epoch, from the present run of {@code from}. */
    void onMessage(NodeId from, Message message);

    void onTick();

    void onPeerConnected(NodeId peer);

    void onPeerDisconnected(NodeId peer);

    void onWrite(WriteCommand command);

    void onReads(List<Long> readIds);

    void onFlushed();

    /** The log on disk was read for another node; only a primary asks for that, and no longer once it is none. */
    default void onLogRead(LogQuery.Read question, Optional<LogRange> range) {}

    /** A newer configuration of the same epoch, or one that does not change this role, is followed now. */
    void onConfig(GridConfig before);

    /** Last chance to add effects before they are taken. */
    void beforeReady();
}
