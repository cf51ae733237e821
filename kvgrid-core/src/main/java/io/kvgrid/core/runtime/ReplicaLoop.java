package io.kvgrid.core.runtime;

import io.kvgrid.OperationId;
import io.kvgrid.Role;
import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.Ready;
import io.kvgrid.core.replication.ReplicaStatus;
import io.kvgrid.spi.arbiter.GridConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Drives one replica: each turn takes all that waits, steps the replica through it, and has one {@link Ready} carried
 * out. So batches come from load, not from timers. Clients are bounded by {@link InFlightLimit} and peers by {@link
 * #MAX_WAITING_BYTES}; the other inputs answer what the replica itself asked for.
 */
final class ReplicaLoop {
    /** Of inputs and of operations in one turn, so that timers come in time under any load. */
    private static final int MAX_PER_TURN = 1_024;
    /** What peers have sent and nobody has looked at yet. What comes beyond is dropped, as on a bad network (P42). */
    static final long MAX_WAITING_BYTES = 128L << 20;

    private record Waiting(Input input, int bytes) {}

    private final Loop loop;
    private final ClockWatch clocks;
    private final PendingWrites writes;
    private final PendingReads reads;
    private final Callbacks callbacks;
    private final StatusBoard board;
    private final boolean forwarding;

    private final MpscUnboundedArrayQueue<Waiting> inputs = new MpscUnboundedArrayQueue<>(MAX_PER_TURN);
    private final MpscUnboundedArrayQueue<ClientOperation> operations = new MpscUnboundedArrayQueue<>(MAX_PER_TURN);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final Runnable turn = this::turn;
    private final Consumer<Input> step = this::step;

    /** Connections that stood before there was a replica. */
    private final List<Input> early = new ArrayList<>();

    private @Nullable SteppedReplica replica;
    private @Nullable ReadyExecutor executor;
    private boolean statusIsOld;
    private volatile boolean begun;

    /** @param forwarding whether writes on a secondary go to the primary; they are refused otherwise */
    ReplicaLoop(
            Loop loop,
            ClockWatch clocks,
            PendingWrites writes,
            PendingReads reads,
            Callbacks callbacks,
            StatusBoard board,
            boolean forwarding) {
        this.loop = loop;
        this.clocks = clocks;
        this.writes = writes;
        this.reads = reads;
        this.callbacks = callbacks;
        this.board = board;
        this.forwarding = forwarding;
    }

    /**
     * From now on {@code recovered} is driven, in the place of one that has ended. What that had asked for may still be
     * answered; no answer says anything to a replica that did not ask. Called on the loop.
     */
    void begin(SteppedReplica recovered, ReadyExecutor effects, long tickNanos) {
        replica = recovered;
        executor = effects;
        early.forEach(step);
        early.clear();
        if (!begun) {
            begun = true;
            tick(tickNanos);
        }
    }

    /** Whether there is a replica. Any thread. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether client operations are given to the replica; the loop's. */
    boolean isServing() {
        return replica != null && replica.isServing();
    }

    /** Something has happened. Any thread. */
    void offer(Input input) {
        inputs.offer(new Waiting(input, 0));
        wake();
    }

    /** A message of that many bytes has come in; dropped if too many wait. Any thread. */
    void offer(Input.Received message, int bytes) {
        if (waitingBytes.addAndGet(bytes) > MAX_WAITING_BYTES) {
            waitingBytes.addAndGet(-bytes);
            return;
        }
        inputs.offer(new Waiting(message, bytes));
        wake();
    }

    /** A client asks. Any thread. */
    void submit(ClientOperation operation) {
        operations.offer(operation);
        wake();
    }

    /** An operation's deadline has come. */
    void expired(ClientOperation operation) {
        if (operation instanceof WriteOperation write) {
            OperationId abandoned = writes.expire(write);
            if (abandoned != null) {
                offer(new Input.Abandoned(abandoned));
            }
        } else if (operation instanceof ReadOperation read) {
            reads.expire(read);
        }
        wake(); // the turn hands the completions over
    }

    /** Takes in what clients have submitted; false if there was nothing. */
    boolean takeOperations() {
        int left = MAX_PER_TURN;
        ClientOperation operation;
        while (left-- > 0 && (operation = operations.poll()) != null) {
            if (operation instanceof WriteOperation write) {
                writes.add(write);
            } else if (operation instanceof ReadOperation read) {
                reads.add(read);
            }
        }
        return left < MAX_PER_TURN - 1;
    }

    private void wake() {
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(turn);
        }
    }

    private void tick(long tickNanos) {
        statusIsOld = true;
        offer(new Input.Tick());
        loop.schedule(tickNanos, () -> tick(tickNanos));
    }

    private void turn() {
        boolean jumped = !clocks.check();
        if (jumped) {
            step(new Input.ClockJumped());
        }
        takeOperations();
        takeInputs();
        SteppedReplica driven = replica;
        ReadyExecutor effects = executor;
        if (driven != null && effects != null) {
            handOver(driven);
            effects.execute(driven.ready(), driven::status);
            if (statusIsOld) {
                statusIsOld = false;
                board.refresh(driven.status());
            }
        }
        if (jumped) {
            clocks.restart(); // P29: what readers see of leases is from after the jump
        }
        callbacks.flush();
        scheduled.set(false);
        if (!inputs.isEmpty() || !operations.isEmpty()) {
            wake();
        }
    }

    private void takeInputs() {
        int left = MAX_PER_TURN;
        Waiting next;
        while (left-- > 0 && (next = inputs.poll()) != null) {
            waitingBytes.addAndGet(-next.bytes);
            step(next.input);
        }
    }

    private void step(Input input) {
        if (replica != null) {
            replica.step(input, loop.nanoTime());
        } else if (!(input instanceof Input.Received)) {
            early.add(input);
        }
    }

    /** Client operations wait, in order, until the replica may have them. */
    private void handOver(SteppedReplica driven) {
        if (!driven.isServing()) {
            return;
        }
        if (forwarding) {
            writes.handOver(step);
        } else {
            ReplicaStatus status = driven.status();
            if (status.role() == Role.PRIMARY) {
                writes.handOver(step);
            } else {
                writes.refuseHeld(status.config().map(GridConfig::primary).orElse(null));
            }
        }
        reads.handOver(step);
    }
}
