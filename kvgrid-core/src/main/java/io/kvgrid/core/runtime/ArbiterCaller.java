package io.kvgrid.core.runtime;

import io.kvgrid.core.replication.ArbiterCall;
import io.kvgrid.core.replication.Input;
import io.kvgrid.spi.arbiter.Arbiter;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the Arbiter and gives its answer to the replica. Silence is an answer too, which says nothing (P4). */
final class ArbiterCaller {
    private static final Logger log = LoggerFactory.getLogger(ArbiterCaller.class);

    private final Arbiter arbiter;
    private final Consumer<Input> replica;

    ArbiterCaller(Arbiter arbiter, Consumer<Input> replica) {
        this.arbiter = arbiter;
        this.replica = replica;
    }

    void call(ArbiterCall call) {
        if (call instanceof ArbiterCall.Read read) {
            arbiter.read()
                    .whenComplete((config, failure) -> answer(
                            failure == null ? new Input.ConfigRead(read, config) : new Input.ArbiterSilent(), failure));
        } else if (call instanceof ArbiterCall.CompareAndSet change) {
            arbiter.compareAndSet(change.expectedCv(), change.proposal())
                    .whenComplete((result, failure) -> answer(
                            failure == null
                                    ? new Input.CasAnswered(change.proposal(), result)
                                    : new Input.ArbiterSilent(),
                            failure));
        }
    }

    private void answer(Input input, @org.jspecify.annotations.Nullable Throwable failure) {
        if (failure != null) {
            log.debug("the Arbiter did not answer", failure);
        }
        replica.accept(input);
    }
}
