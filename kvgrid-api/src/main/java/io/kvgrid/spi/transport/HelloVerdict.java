package io.kvgrid.spi.transport;

import io.kvgrid.NodeId;
import java.util.UUID;

/** The answer to a peer's hello. */
public sealed interface HelloVerdict {
    /**
     * The peer may connect. Of several connections with the same node and the same boot id one stays, the same on both
     * sides; one with another boot id replaces those before it, whose process is gone.
     *
     * @param peer who it is
     * @param bootId which run of it
     */
    record Accepted(NodeId peer, UUID bootId) implements HelloVerdict {}

    /**
     * The peer may not connect. The reason is sent to it, cut to 512 characters, and the connection closed.
     *
     * @param reason what is wrong and what to do, for the peer's operator
     */
    record Refused(String reason) implements HelloVerdict {}
}
