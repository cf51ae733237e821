package io.kvgrid.core.runtime;

import io.kvgrid.Role;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.Replica;
import io.kvgrid.core.replication.ReplicaState;
import io.kvgrid.core.store.DirtyKeys;
import io.kvgrid.core.store.GridStore;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.persistence.CorruptLogException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has a member's replica run over what its persistence holds, and over another node's data once that is damaged (P18): each
 * time as another run, with a hold of its own on the persistence. Used by the loop only, unless said otherwise.
 */
final class ReplicaRuns {
    private final MemberParts parts;
    private final MemberSettings settings;
    private final Loop loop;
    private final GridStore store;
    private final DirtyKeys dirtyKeys;
    private final LocalReads localReads;
    private final StatusBoard board;
    private final Callbacks callbacks;
    private final PendingWrites writes;
    private final PendingReads reads;
    private final ReplicaLoop replicaLoop;
    private final MemberNetwork network;
    private final DamageRepair repair;

    private MemberRun run;
    private @Nullable RunStorage storage;

    /** @param onHopeless called with what the member cannot go on after */
    ReplicaRuns(
            MemberParts parts,
            MemberSettings settings,
            MemberRun run,
            Loop loop,
            GridStore store,
            DirtyKeys dirtyKeys,
            LocalReads localReads,
            StatusBoard board,
            Callbacks callbacks,
            PendingWrites writes,
            PendingReads reads,
            ReplicaLoop replicaLoop,
            MemberNetwork network,
            Consumer<Throwable> onHopeless) {
        this.parts = parts;
        this.settings = settings;
        this.run = run;
        this.loop = loop;
        this.store = store;
        this.dirtyKeys = dirtyKeys;
        this.localReads = localReads;
        this.board = board;
        this.callbacks = callbacks;
        this.writes = writes;
        this.reads = reads;
        this.replicaLoop = replicaLoop;
        this.network = network;
        repair = new DamageRepair(loop, settings.replica(), parts.random(), onHopeless);
    }

    /** Begins with what was recovered, once this start is durable: nobody hears of it before (P7). */
    void begin(ReplicaState recovered, Arbiter arbiter) {
        RunStorage opened = open(recovered.last().lsn(), arbiter);
        opened.log().save(run.meta(), () -> begin(recovered, opened, arbiter));
    }

    /** P18: says so, and begins anew as another store if somebody else has the data. */
    void damaged(CorruptLogException found, Arbiter arbiter) {
        Role role = board.status().role();
        if (repair.damage() != null || role == Role.CLOSED || role == Role.FAILED) {
            return; // several parts of the store may meet it
        }
        String what = String.valueOf(found.getMessage());
        if (storage != null) {
            storage.end();
        }
        if (replicaLoop.hasBegun()) {
            replicaLoop.offer(new Input.Damaged(what));
            reads.takeBack();
        } else {
            board.publish(board.status().with(Replica.damaged(what)));
        }
        Optional<GridConfig> known = board.status().config().or(run.meta()::config);
        repair.begin(found, run.meta(), known, arbiter, renewed -> renew(renewed, arbiter));
    }

    /** As {@link PersistenceQueue#stalledNanos} says; 0 before anything is written. */
    long stalledNanos() {
        RunStorage present = storage;
        return present == null ? 0 : present.stalledNanos();
    }

    private RunStorage open(long flushedLsn, Arbiter arbiter) {
        RunStorage opened = new RunStorage(
                loop,
                parts.persistence(),
                store,
                dirtyKeys,
                replicaLoop::offer,
                flushedLsn,
                cause -> persistenceFailed(cause, arbiter));
        storage = opened;
        return opened;
    }

    private void begin(ReplicaState state, RunStorage opened, Arbiter arbiter) {
        Replica replica = new Replica(
                run.member(network.ownAddress()),
                run.meta(),
                state,
                store,
                settings.replica(),
                parts.rules(),
                parts.persistence().logReads().isPresent(),
                parts.random(),
                loop.nanoTime());
        ReadyExecutor executor = new ReadyExecutor(
                parts.rules(),
                localReads,
                opened.log(),
                opened.logReader(),
                opened.installer(),
                store,
                dirtyKeys,
                state::encode,
                writes,
                reads,
                callbacks,
                network::send,
                new ArbiterCaller(arbiter, replicaLoop::offer),
                board);
        replicaLoop.begin(
                SteppedReplica.of(replica), executor, settings.replica().tickNanos());
    }

    private void persistenceFailed(Throwable cause, Arbiter arbiter) {
        if (repair.damage() == null && cause instanceof CorruptLogException found) {
            damaged(found, arbiter);
        } else {
            repair.failed(cause);
        }
    }

    /** P18: the persistence takes nothing of this run before it has answered what the damaged one called. */
    private void renew(MemberRun renewed, Arbiter arbiter) {
        RunStorage damaged = storage;
        if (damaged == null) {
            beginAnew(renewed, arbiter);
        } else {
            damaged.whenDrained(() -> beginAnew(renewed, arbiter));
        }
    }

    private void beginAnew(MemberRun renewed, Arbiter arbiter) {
        RunStorage fresh = open(0, arbiter);
        fresh.log().save(renewed.meta(), () -> {
            run = renewed;
            ReplicaState empty = ReplicaState.empty(settings.replica().retainedBytes());
            fresh.installer().contentIsLost(empty.encode(), () -> repair.done(renewed.meta()));
            begin(empty, fresh, arbiter);
            network.become(renewed);
        });
    }
}
