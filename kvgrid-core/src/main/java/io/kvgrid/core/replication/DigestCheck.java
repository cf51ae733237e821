package io.kvgrid.core.replication;

import io.kvgrid.core.message.Message;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A follower's comparison of its own state with the primary's at equal LSNs (P38): all committed records are the same
 * everywhere, and so must be what they add up to.
 */
final class DigestCheck {
    private final ReplicaContext context;
    private Message.@Nullable StateDigest expected;

    DigestCheck(ReplicaContext context) {
        this.context = context;
    }

    /** The primary says what its state is. One that this node has not reached yet is waited for first. */
    void expect(Message.StateDigest digest) {
        if (expected == null) {
            expected = digest;
        }
    }

    /**
     * Compares what was expected last, once the store has come as far.
     *
     * @throws IllegalStateException if this node's state is another
     */
    void compare() {
        Message.StateDigest theirs = expected;
        if (theirs == null || context.committed.digest().lsn() < theirs.lsn()) {
            return;
        }
        expected = null;
        OptionalLong own = context.committed.digestAt(theirs.lsn());
        if (own.isPresent() && !context.rules.statesAgree(own.getAsLong(), theirs.value())) {
            throw new IllegalStateException("the state of node '" + context.self.nodeId() + "' at lsn " + theirs.lsn()
                    + " adds up to " + Long.toHexString(own.getAsLong()) + ", and that of its primary '"
                    + context.requireConfig().primary() + "' to " + Long.toHexString(theirs.value())
                    + ": one of them has gone wrong (P38). Compare both with a third node's view; then give the one that"
                    + " differs an empty directory and start it again");
        }
    }

    /** Another configuration is followed. */
    void forget() {
        expected = null;
    }
}
