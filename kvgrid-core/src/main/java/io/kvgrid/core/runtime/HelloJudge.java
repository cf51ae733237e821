package io.kvgrid.core.runtime;

import io.kvgrid.core.message.Hello;
import io.kvgrid.core.serialization.DescriptionDigest;
import io.kvgrid.core.serialization.RegistrationDifference;
import io.kvgrid.spi.serialization.SerializationException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges whether two nodes belong together, by what they say of themselves. Pure. */
final class HelloJudge {
    /** Room for a difference within the 512 characters that a refusal may have. */
    private static final int MAX_DIFFERENCE = 400;

    private HelloJudge() {}

    /**
     * Why this node refuses that peer, for the peer's operator; empty if it does not.
     *
     * @param ownSerializers this node's description
     */
    static Optional<String> refusal(Hello own, List<String> ownSerializers, Hello peer) {
        return Optional.ofNullable(reason(own, ownSerializers, peer));
    }

    /**
     * Why this node refuses a peer that uses the node id of one that is connected; empty if it does not (P7). A new run of
     * the same directory is a restart: its connection is read before the old one's end. Another directory waits until the
     * old connection is gone, which takes a few seconds at most if its process is.
     *
     * @param present the hello of the run with that node id to which a connection stands; null for none
     */
    static Optional<String> twinRefusal(@Nullable Hello present, Hello peer) {
        if (present == null
                || present.bootId().equals(peer.bootId())
                || present.storeId().equals(peer.storeId())) {
            return Optional.empty();
        }
        return Optional.of("node id '" + peer.node() + "' is in use by another process, which is connected"
                + (present.address().isEmpty() ? "" : " and listens at " + present.address())
                + ": each node needs its own (P7)");
    }

    private static @Nullable String reason(Hello own, List<String> ownSerializers, Hello peer) {
        if (!own.grid().equals(peer.grid())) {
            return "this is grid '" + own.grid() + "', not '" + peer.grid() + "': check the addresses of the peers";
        }
        if (own.node().equals(peer.node())) {
            return own.bootId().equals(peer.bootId())
                    ? "this is the node itself"
                    : "node id '" + own.node() + "' is in use by another process: each node needs its own (P7)";
        }
        if (own.lineageId().isPresent()
                && peer.lineageId().isPresent()
                && !own.lineageId().equals(peer.lineageId())) {
            return "node '" + own.node() + "' belongs to lineage "
                    + own.lineageId().get() + " of grid '" + own.grid()
                    + "' and node '" + peer.node() + "' to " + peer.lineageId().get()
                    + ": one of the two has another grid's data directory, or the grid was begun anew without it; in that"
                    + " case give it an empty directory (P9)";
        }
        if (peer.maxFeatureLevel() < own.minFeatureLevel() || own.maxFeatureLevel() < peer.minFeatureLevel()) {
            return "node '" + own.node() + "' reads feature levels " + own.minFeatureLevel() + " to "
                    + own.maxFeatureLevel() + ", node '" + peer.node() + "' " + peer.minFeatureLevel() + " to "
                    + peer.maxFeatureLevel() + ": update the older one (P44)";
        }
        if (own.leaseMillis() != peer.leaseMillis()) {
            return differs(own, peer, "lease", own.leaseMillis() + " ms", peer.leaseMillis() + " ms", "P13");
        }
        if (own.leasedReads() != peer.leasedReads()) {
            return differs(own, peer, "leasedReads", "" + own.leasedReads(), "" + peer.leasedReads(), "P29");
        }
        if (own.minInSync() != 0 && peer.minInSync() != 0 && own.minInSync() != peer.minInSync()) {
            return differs(own, peer, "minInSync", "" + own.minInSync(), "" + peer.minInSync(), "P17");
        }
        return serializers(own, ownSerializers, peer);
    }

    private static String differs(Hello own, Hello peer, String what, String here, String there, String rule) {
        return "the setting " + what + " differs: " + here + " on node '" + own.node() + "', " + there + " on node '"
                + peer.node() + "' (" + rule + ")";
    }

    private static @Nullable String serializers(Hello own, List<String> ownSerializers, Hello peer) {
        try {
            String difference = RegistrationDifference.describe(
                    own.node().value(),
                    ownSerializers,
                    peer.node().value(),
                    DescriptionDigest.decode(peer.serializers()),
                    MAX_DIFFERENCE);
            return difference.isEmpty() ? null : "the serializers differ: " + difference;
        } catch (SerializationException e) {
            return "the description of the serializers cannot be read: " + e.getMessage();
        }
    }
}
