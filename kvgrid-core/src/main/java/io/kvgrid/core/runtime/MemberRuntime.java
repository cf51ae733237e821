package io.kvgrid.core.runtime;

import io.kvgrid.GridClosedException;
import io.kvgrid.NodeId;
import io.kvgrid.NotReadyException;
import io.kvgrid.OperationFailedException;
import io.kvgrid.Outcome;
import io.kvgrid.Role;
import io.kvgrid.core.message.Message;
import io.kvgrid.core.replication.ReplicaMeta;
import io.kvgrid.core.replication.ReplicaState;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.core.store.StoreKey;
import io.kvgrid.core.store.StoredEntry;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.persistence.RecoveryReport;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of one member: listen, recover, take part, and end; wires the parts that do so. Owns no thread and never blocks:
 * everything happens on the loop it was given, but for what callers may ask on their own threads.
 *
 * <p>Its parts end with whoever made them: after {@link #close} the node closes persistence, Arbiter, transport and loop.
 */
public final class MemberRuntime implements LocalMember {
    private final MemberParts parts;
    private final MemberSettings settings;
    private final GuardedLoop loop;
    private final GridStore store;
    private final LocalReads localReads;
    private final StatusBoard board = new StatusBoard();
    private final Refusals refusals = new Refusals();
    private final ReplicaLoop replicaLoop;
    private final MemberNetwork network;
    private final MemberStart start;
    private final ReplicaRuns runs;
    private final Admission admission;
    private final MemberEnd end;
    private final Retirement retirement;

    /**
     * A member that does nothing yet.
     *
     * @param meta from {@link StoreIdentity#atStart}
     */
    public MemberRuntime(MemberParts parts, MemberSettings settings, ReplicaMeta meta) {
        this.parts = parts;
        this.settings = settings;
        MemberRun run = new MemberRun(meta);
        loop = new GuardedLoop(parts.loop(), this::fail);
        store = new GridStore(parts.keyHash());
        DirtyKeys dirtyKeys = new DirtyKeys(store);
        ClockWatch clocks = new ClockWatch(loop, settings.replica());
        localReads = new LocalReads(loop, clocks, store, dirtyKeys);
        int maxOperations = settings.limits().maxInFlightOperations();
        InFlightLimit writeLimit =
                new InFlightLimit(maxOperations, settings.limits().maxInFlightBytes());
        InFlightLimit readLimit = new InFlightLimit(maxOperations, Long.MAX_VALUE);
        Callbacks callbacks = new Callbacks(parts.callbacks());
        DeadlineWheel deadlines = new DeadlineWheel(loop, this::expired);
        PendingWrites writes = new PendingWrites(
                new OperationIds(meta.bootId(), loop, parts.random()), writeLimit, deadlines, callbacks, refusals);
        PendingReads reads = new PendingReads(store, localReads, readLimit, deadlines, callbacks, refusals);
        replicaLoop = new ReplicaLoop(loop, clocks, writes, reads, callbacks, board, settings.writeForwarding());
        network = new MemberNetwork(parts, settings, run, board, replicaLoop, refusals, this::fail);
        runs = new ReplicaRuns(
                parts,
                settings,
                run,
                loop,
                store,
                dirtyKeys,
                localReads,
                board,
                callbacks,
                writes,
                reads,
                replicaLoop,
                network,
                this::fail);
        ReplicaState state = ReplicaState.empty(settings.replica().retainedBytes());
        start = new MemberStart(loop, parts.persistence(), meta, state, store, dirtyKeys);
        board.addListener(new StatusLog(meta.nodeId(), loop)::onStatus);
        board.addListener(network::onStatus);
        retirement = new Retirement(loop, replicaLoop, board);
        admission = new Admission(replicaLoop, writeLimit, readLimit);
        end = new MemberEnd(
                meta.nodeId(), loop, parts.loop(), localReads, board, writes, reads, callbacks, replicaLoop, admission);
    }

    /**
     * Listens and connects to peers, for the Arbiter's sake before anything else.
     *
     * @return where it listens, if it does
     * @throws io.kvgrid.PortInUseException if the port is taken
     */
    public Optional<InetSocketAddress> listen() {
        return network.start();
    }

    /** Recovers, and takes part in the grid from then on. Once, after {@link #listen}. */
    public void start(Arbiter arbiter) {
        parts.persistence().onDamage(found -> loop.execute(() -> runs.damaged(found, arbiter)));
        loop.execute(() -> start.run(state -> runs.begin(state, arbiter), found -> runs.damaged(found, arbiter)));
    }

    // ---- for clients

    @Override
    public StoreKey key(int mapId, byte[] key) {
        return store.key(mapId, key);
    }

    @Override
    public void write(WriteOperation operation) {
        admission.write(operation);
    }

    @Override
    public void read(ReadOperation operation) {
        admission.read(operation);
    }

    @Override
    public @Nullable StoredEntry readNow(StoreKey key) {
        return localReads.read(key);
    }

    @Override
    public @Nullable StoredEntry peek(StoreKey key) {
        if (!board.isReadable()) {
            return null;
        }
        StoredEntry entry = store.get(key);
        return entry == null ? StoredEntry.ABSENT : entry;
    }

    @Override
    public OperationFailedException notReady() {
        String ended = admission.refusal();
        return ended == null
                ? new NotReadyException(
                        null,
                        "this node is " + board.status().role()
                                + " and does not serve reads from its copy; wait for ready()" + refusals.reason())
                : new GridClosedException(null, Outcome.NOT_APPLIED, ended);
    }

    @Override
    public long appliedLsn() {
        return store.appliedLsn();
    }

    @Override
    public boolean isLeased() {
        return localReads.isLeased();
    }

    @Override
    public long entries() {
        return store.size();
    }

    @Override
    public ReplicaStatus status() {
        ReplicaStatus status = board.status();
        boolean recovering = !replicaLoop.hasBegun()
                && status.role() == Role.JOINING
                && status.progress().isEmpty();
        return recovering ? status.with(start.progress()) : status;
    }

    @Override
    public Optional<RecoveryReport> recovery() {
        return start.report();
    }

    @Override
    public void onStatusChange(Consumer<ReplicaStatus> listener) {
        board.addListener(listener);
    }

    @Override
    public CompletionStage<Void> ready() {
        return end.ready();
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    /** For how long the persistence has had something to make durable without any success; 0 if it has nothing to do. */
    public long persistenceStalledNanos() {
        return runs.stalledNanos();
    }

    // ---- Arbiter messages, for the node

    /** Takes Arbiter requests and replies that come in; called on the loop. Set before {@link #listen}. */
    public void onArbiterMessage(BiConsumer<NodeId, Message> handler) {
        network.onArbiterMessage(handler);
    }

    /** Sends an Arbiter reply. */
    public void sendArbiterReply(NodeId to, Message.ArbiterReply reply) {
        network.sendExempt(to, reply);
    }

    /** Sends a request to the node that hosts the Arbiter; false if it is not connected. */
    public boolean sendToArbiterHost(Message.ArbiterRequest request) {
        return network.sendToArbiterHost(request);
    }

    // ---- the end

    @Override
    public CompletionStage<Void> close(long limitNanos) {
        return end.close(limitNanos);
    }

    @Override
    public CompletionStage<Void> handOver() {
        return end.handOver(3 * settings.replica().leaseNanos());
    }

    @Override
    public CompletionStage<Void> retire(NodeId node) {
        return retirement.run(node, 3 * settings.replica().leaseNanos());
    }

    private void fail(Throwable cause) {
        end.fail(cause);
    }

    private void expired(ClientOperation operation) {
        replicaLoop.expired(operation);
    }
}
