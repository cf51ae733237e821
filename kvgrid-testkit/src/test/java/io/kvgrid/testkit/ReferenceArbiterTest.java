package io.kvgrid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.NodeId;
import io.kvgrid.spi.arbiter.Arbiter;
import io.kvgrid.spi.arbiter.ArbiterUnavailableException;
import io.kvgrid.spi.arbiter.GridConfig;
import io.kvgrid.spi.arbiter.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReferenceArbiterTest extends ArbiterContract {
    private final ReferenceArbiter arbiter = new ReferenceArbiter();

    @Override
    protected Arbiter client() {
        return arbiter;
    }

    @Override
    protected boolean cutOff() {
        arbiter.away(true);
        return true;
    }

    @Override
    protected boolean notifies() {
        return true;
    }

    @Test
    void lostCallTakesNoEffectAndLostAnswerDoes() {
        GridConfig first = first();

        arbiter.failNextCall(ReferenceArbiter.Fault.LOST_CALL);
        assertThat(Stages.failureOf(arbiter.compareAndSet(0, first))).isInstanceOf(ArbiterUnavailableException.class);
        assertThat(Stages.join(arbiter.read())).isEmpty();

        arbiter.failNextCall(ReferenceArbiter.Fault.LOST_ANSWER);
        assertThat(Stages.failureOf(arbiter.compareAndSet(0, first))).isInstanceOf(ArbiterUnavailableException.class);
        assertThat(Stages.join(arbiter.read())).contains(first);
    }

    @Test
    void watchersAreToldOfEveryChange() {
        List<GridConfig> seen = new ArrayList<>();
        arbiter.watch(seen::add);
        GridConfig first = first();

        Stages.join(arbiter.compareAndSet(0, first));
        Stages.join(arbiter.compareAndSet(0, first));

        assertThat(seen).containsExactly(first);
    }

    private static GridConfig first() {
        Member a = new Member(new NodeId("a"), UUID.randomUUID(), UUID.randomUUID(), 1, "");
        return GridConfig.first(UUID.randomUUID(), a, 0, UUID.randomUUID());
    }
}
