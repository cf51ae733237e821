package io.kvgrid.core.replication;

import io.kvgrid.NodeId;
import io.kvgrid.core.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What shows committed state to clients and so waits until the primary has proved that it is one still (P26): linearizable
 * reads, and writes that are refused for what they found. The proof is authority, or, free of clocks (P29), that every
 * other node has echoed a beacon which was sent after the question came.
 */
final class PrimaryReads {
    private record Remote(NodeId from, long nonce) {}

    /** What came between two beacons. */
    private static final class Batch {
        final List<Long> local = new ArrayList<>();
        final List<Remote> remote = new ArrayList<>();
        final List<Waiters.Answer> refusals = new ArrayList<>();

        boolean isEmpty() {
            return local.isEmpty() && remote.isEmpty() && refusals.isEmpty();
        }
    }

    private final ReplicaContext context;
    /** By the beacon that was sent first after they came. */
    private final TreeMap<Long, Batch> asked = new TreeMap<>();

    private Batch unasked = new Batch();

    PrimaryReads(ReplicaContext context) {
        this.context = context;
    }

    void add(List<Long> readIds) {
        unasked.local.addAll(readIds);
    }

    void add(NodeId from, long nonce) {
        unasked.remote.add(new Remote(from, nonce));
    }

    /** A write whose condition did not hold, on what is committed by now. */
    void add(Waiters.Answer refusal) {
        unasked.refusals.add(refusal);
    }

    boolean isEmpty() {
        return unasked.isEmpty() && asked.isEmpty();
    }

    /** Whether anything has come since the last beacon was sent. */
    boolean needsBeacon() {
        return !unasked.isEmpty();
    }

    /** A beacon is sent to every other node. */
    void onBeacon(long beacon) {
        if (!unasked.isEmpty()) {
            asked.put(beacon, unasked);
            unasked = new Batch();
        }
    }

    /**
     * Answers all. Called when authority covers a moment after their arrival: every write acknowledged before a read
     * began was acknowledged by this primary or one before, and is at or below the commit index.
     */
    void answer() {
        answerEchoed(Long.MAX_VALUE);
        give(unasked);
        unasked = new Batch();
    }

    /** Answers what came before {@code beacon} or an earlier one was sent, which all others have echoed: none was primary. */
    void answerEchoed(long beacon) {
        while (!asked.isEmpty() && asked.firstKey() <= beacon) {
            give(asked.pollFirstEntry().getValue());
        }
    }

    private void give(Batch batch) {
        context.effects.confirm(batch.local);
        long commitLsn = context.state.commitLsn();
        for (Remote read : batch.remote) {
            context.send(read.from(), new Message.ReadReply(read.nonce(), commitLsn));
        }
        batch.refusals.forEach(refusal -> refusal.give(context));
    }

    /** Forgets all but what this node's clients ask, which is taken: other nodes ask again. */
    OpenOperations take() {
        List<Batch> all = new ArrayList<>(asked.values());
        all.add(unasked);
        List<OpenOperations.Write> writes = new ArrayList<>();
        List<Long> reads = new ArrayList<>();
        for (Batch batch : all) {
            reads.addAll(batch.local);
            for (Waiters.Answer refusal : batch.refusals) {
                if (refusal.origin() == null) {
                    WriteCommand again =
                            refusal.command().with(refusal.command().body().copy());
                    writes.add(new OpenOperations.Write(again, false));
                }
            }
        }
        asked.clear();
        unasked = new Batch();
        return new OpenOperations(writes, reads);
    }
}
