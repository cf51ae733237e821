package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message;
import java.util.ArrayList;
import java.util.List;

/** Linearizable reads that wait until the primary has proved its authority (P26). */
final class PrimaryReads {
    private record Remote(NodeId from, long nonce) {}

    private final ReplicaContext context;
    private List<Long> local = new ArrayList<>();
    private List<Remote> remote = new ArrayList<>();

    PrimaryReads(ReplicaContext context) {
        this.context = context;
    }

    void add(List<Long> readIds) {
        local.addAll(readIds);
    }

    void add(NodeId from, long nonce) {
        remote.add(new Remote(from, nonce));
    }

    boolean isEmpty() {
        return local.isEmpty() && remote.isEmpty();
    }

    /**
     * Answers all. Called when authority covers a moment after their arrival: every write acknowledged before a read
     * began was acknowledged by this primary or one before, and is at or below the commit index.
     */
    void answer() {
        context.effects.confirm(local);
        long commitLsn = context.state.commitLsn();
        for (Remote read : remote) {
            context.send(read.from(), new Message.ReadReply(read.nonce(), commitLsn));
        }
        drop();
    }

    /** Forgets all; who asked asks again, or fails by its deadline. */
    void drop() {
        local = new ArrayList<>();
        remote = new ArrayList<>();
    }
}
