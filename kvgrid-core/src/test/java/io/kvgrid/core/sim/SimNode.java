package io.kvgrid.core.sim;

import io.kvgrid.NodeId;
import io.kvgrid.Role;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.core.runtime.LocalMember;
import io.kvgrid.core.runtime.ReadOperation;
import io.kvgrid.core.store.StoreKey;
import io.kvgrid.core.store.StoredEntry;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One node of a simulated grid: its disk, which stays, and its present run, if it has one. */
final class SimNode {
    private final NodeId id;
    private final InetSocketAddress address;
    private SimDisk disk;
    private @Nullable SimProcess process;
    private @Nullable LocalMember member;
    private @Nullable ReplicaStatus lastStatus;
    private StatusEvents events;
    private boolean leaving;
    private boolean lost;
    private boolean hasNamesake;
    private long lastApplied;
    private long lastShown;
    private int lastGeneration;
    private boolean rebuilt;
    private int runs;

    SimNode(NodeId id, InetSocketAddress address, SimDisk disk) {
        this.id = id;
        this.address = address;
        this.disk = disk;
        events = new StatusEvents(id);
    }

    NodeId id() {
        return id;
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return address;
    }

    SimDisk disk() {
        return disk;
    }

    /** Its disk is that one from now on. Only while it is down. */
    void disk(SimDisk other) {
        disk = other;
    }

    /** Whether it runs, paused or not. */
    boolean isUp() {
        return member != null;
    }

    /** Whether it is closing in order. */
    boolean isLeaving() {
        return leaving;
    }

    SimProcess process() {
        if (process == null) {
            throw new IllegalStateException(id + " is down");
        }
        return process;
    }

    LocalMember member() {
        if (member == null) {
            throw new IllegalStateException(id + " is down");
        }
        return member;
    }

    /** How often it has been started. */
    int runs() {
        return runs;
    }

    void started(SimProcess run, LocalMember runs) {
        process = run;
        member = runs;
        lastStatus = null;
        events = new StatusEvents(id);
        lastApplied = 0;
        lastShown = 0;
        leaving = false;
        this.runs++;
    }

    void leaving() {
        leaving = true;
    }

    void stopped() {
        process = null;
        member = null;
        leaving = false;
    }

    /** Whether its run has stopped by itself. */
    boolean hasFailed() {
        return member != null && member.status().role() == Role.FAILED;
    }

    /** Why its run failed: what it tells whoever asks it for something. */
    String failure() {
        ReadOperation question = new ReadOperation(
                key(ByteBuffer.allocate(1)),
                ReadOperation.LINEARIZABLE,
                process().nanoTime());
        member().read(question);
        return question.future().handle((entry, why) -> String.valueOf(why)).getNow("");
    }

    /** Whether its run has a reason to fail: its disk does not work, or is an old one (P7), or the Arbiter's was (P8). */
    boolean mayFail() {
        return disk.hasFailed() || disk.isRestored() || process().isDeceived() || hasNamesake;
    }

    /** Whether another process has its name, so that S may name that one's store (P2, P7). */
    void hasNamesake(boolean has) {
        hasNamesake = has;
    }

    /** It will never be started again. */
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }

    /** Whether it has stopped since its directory is an old one, and asks for an empty one (P7). */
    boolean isRefused() {
        return hasFailed()
                && disk.isRestored()
                && !disk.hasFailed()
                && !process().isDeceived();
    }

    /** The last record that reads were seen to see in this run. */
    long lastApplied() {
        return lastApplied;
    }

    void lastApplied(long lsn) {
        lastApplied = lsn;
    }

    /** The last record whose effect readers could see while this run had a role; a repair does not take it back. */
    long lastShown() {
        return lastShown;
    }

    void lastShown(long lsn) {
        lastShown = lsn;
    }

    /** Whether it is being given another state, which may be older than its own, and shows none meanwhile (P18). */
    boolean isRebuilt(boolean hasRole) {
        if (lastGeneration != disk.generation()) {
            lastGeneration = disk.generation();
            rebuilt = true;
        }
        rebuilt &= !hasRole || !disk.durable().isIntact();
        return rebuilt;
    }

    /** What this run has told those who listen. */
    StatusEvents events() {
        return events;
    }

    /** Whether {@code status} is another object than at the last call. */
    @SuppressWarnings("ReferenceEquality") // a replica publishes a new one for each change; comparing all of it is slow
    boolean isNewStatus(ReplicaStatus status) {
        boolean isNew = lastStatus != status;
        lastStatus = status;
        return isNew;
    }

    /** The look-up form of {@code key}, in the workload's map. */
    StoreKey key(ByteBuffer key) {
        return member().key(Workload.MAP, Workload.bytes(key));
    }

    /** Its copy as it is; absent if it is not ready. */
    StoredEntry peek(ByteBuffer key) {
        StoredEntry found = member().peek(key(key));
        return found == null ? StoredEntry.ABSENT : found;
    }

    @Override
    public String toString() {
        return id + (member == null ? " down" : " " + member.status().role());
    }
}
