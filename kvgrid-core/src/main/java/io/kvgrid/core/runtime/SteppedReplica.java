package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.Input;
import io.kvgrid.core.replication.Ready;
import io.kvgrid.core.replication.Replica;
import io.kvgrid.core.replication.ReplicaStatus;

/** The pure replica, as the shell drives it: inputs in, then what is to be done. Called by the loop only. */
interface SteppedReplica {
    void step(Input input, long nowNanos);

    /** Everything that is to be done since the last call. */
    Ready ready();

    /** Whether client operations may be given to it now. */
    boolean isServing();

    ReplicaStatus status();

    /** The real one. */
    static SteppedReplica of(Replica replica) {
        return new SteppedReplica() {
            @Override
            public void step(Input input, long nowNanos) {
                replica.step(input, nowNanos);
            }

            @Override
            public Ready ready() {
                return replica.ready();
            }

            @Override
            public boolean isServing() {
                return replica.isServing();
            }

            @Override
            public ReplicaStatus status() {
                return replica.status();
            }
        };
    }
}
