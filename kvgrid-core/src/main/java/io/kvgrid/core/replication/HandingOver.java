package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A primary's way out of its role (P13): it takes nothing new, lets what is open commit, unless its own disk keeps it from
 * that (P40), gives its authority up for good, and tells one member, which takes over without waiting. If nobody does, it confirms its own place with the Arbiter: a new
 * cv, under which it has authority again.
 */
final class HandingOver {
    private final ReplicaContext context;
    private final ConfigChanges changes;
    private boolean underWay;
    private boolean forDisk;
    private boolean begun;
    private long begunNanos;
    private @Nullable NodeId successor;
    private long toldNanos;

    HandingOver(ReplicaContext context, ConfigChanges changes) {
        this.context = context;
        this.changes = changes;
    }

    void begin() {
        if (!underWay && isAnyoneThere()) {
            underWay = true;
            forDisk = false;
            begun = true;
            begunNanos = context.nowNanos;
        }
    }

    /** The same because this node's own disk is bad; not again soon if it did not help. */
    void beginForDisk() {
        if (!underWay && (!begun || context.hasPassed(begunNanos, context.settings.slowForNanos()))) {
            begin();
            forDisk = underWay;
        }
    }

    /** Whether what is open is left to the next primary, which has it on its disk or decides anew. */
    boolean isForDisk() {
        return forDisk;
    }

    private boolean isAnyoneThere() {
        return context.requireConfig().members().stream().anyMatch(member -> context.isConnected(member.nodeId()));
    }

    boolean isUnderWay() {
        return underWay;
    }

    /** Whether authority was given up: for good, until there is a newer cv. */
    boolean isReleased() {
        return successor != null;
    }

    /** Authority has ended: {@code to} may take over. */
    void release(NodeId to) {
        successor = to;
        tell(to);
    }

    private void tell(NodeId to) {
        toldNanos = context.nowNanos;
        context.send(to, new Message.HandOver());
    }

    void onTick() {
        NodeId told = successor;
        boolean late = underWay && context.hasPassed(begunNanos, 2 * context.settings.leaseNanos());
        if (told == null) {
            underWay = underWay && !late && isAnyoneThere(); // nobody can take the role: go on
        } else if (late) {
            if (!changes.isBusy()) {
                changes.propose(context.requireConfig().reaffirmed(context.newNonce()));
            }
        } else if (context.hasPassed(toldNanos, context.settings.retryNanos())) {
            tell(told);
        }
    }

    /** A newer cv: whoever was told may not use it any more (P5). */
    void onConfig() {
        underWay = false;
        successor = null;
    }
}
