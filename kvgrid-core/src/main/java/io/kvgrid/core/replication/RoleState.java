package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.OperationId;
import io.kvgrid.Role;
import io.kvgrid.core.message.Message;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.LogRange;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** The client of a write that was given by {@link #onWrite} no longer waits for it. */
    void onAbandoned(OperationId operation);

    /** Goes on with what this node's clients asked for while it had another role. */
    void goOn(OpenOperations open);

    /** This node has another role from now on; gives what its clients wait for. */
    OpenOperations stop();

    void onFlushed();

    /** What was given until some time by this node's clock has ended; nothing sent before gives it again (P29). */
    void onClockJumped();

    /** The log on disk was read for another node; only a primary asks for that, and no longer once it is none. */
    default void onLogRead(LogQuery.Read question, Optional<LogRange> range) {}

    /** A newer configuration of the same epoch, or one that does not change this role, is followed now. */
    void onConfig(GridConfig before);

    /** What readers on this node may trust; null while there is nothing. */
    @Nullable
    Tenure tenure();

    /** Last chance to add effects before they are taken. */
    void beforeReady();
}
