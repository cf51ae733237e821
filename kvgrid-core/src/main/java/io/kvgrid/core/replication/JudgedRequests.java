package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message.WriteRequest;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which write requests a primary has judged, so that none is judged twice (P19). A network may deliver a copy of a request
 * late, on the same connection or on the next one. If the first copy was refused, its client has been told "not applied",
 * and the second, judged on its own, could make that a lie.
 *
 * <p>The highest number of each sender's run is enough. Connections keep order, so a lower number is either a copy or was
 * overtaken; the sender repeats what is not answered, under a new number. Nothing need be remembered beyond one reign:
 * what was meant for an earlier one carries its epoch and the boot id of its primary, and is dropped before it gets here
 * (P5). A sender that restarts begins at 1 under another boot id; what is left of its earlier run is dropped likewise.
 */
final class JudgedRequests {
    private record Highest(UUID bootId, long number) {}

    private final TreeMap<NodeId, Highest> highest = new TreeMap<>();

    /**
     * Whether that request has to be judged now; it counts as judged from here on.
     *
     * @param bootId the present run of {@code from}, which sent it
     * @param number as in {@link WriteRequest}
     */
    boolean isFirst(NodeId from, UUID bootId, long number) {
        Highest known = highest.get(from);
        if (known != null && known.bootId().equals(bootId) && number <= known.number()) {
            return false;
        }
        highest.put(from, new Highest(bootId, number));
        return true;
    }
}
