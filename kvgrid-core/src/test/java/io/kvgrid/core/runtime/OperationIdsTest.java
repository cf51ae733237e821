package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvgrid.OperationId;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OperationIdsTest {
    private static final UUID BOOT = new UUID(1, 1);
    private static final long IDLE_MILLIS = OperationIds.IDLE_NANOS / 1_000_000;

    private final TestLoop loop = new TestLoop();
    private final OperationIds ids = new OperationIds(BOOT, loop, new Random(1));

    @Test
    void oneWhoWritesNowAndThenStaysTheSameClient() {
        for (int number = 0; number < 10; number++) {
            assertThat(ids.next()).isEqualTo(new OperationId(BOOT, number));
            loop.advanceMillis(IDLE_MILLIS - 1);
        }
    }

    @Test
    void oneWhoHasNotWrittenForLongIsAnotherClient() {
        OperationId before = ids.next();
        loop.advanceMillis(IDLE_MILLIS);

        OperationId after = ids.next();

        assertThat(after.clientId()).isNotEqualTo(BOOT);
        assertThat(after.number()).isZero();
        assertThat(ids.isYetToCome(before)).as("can be repeated").isFalse();
        ids.settle(before);
        assertThat(ids.floor(after)).as("of another client").isZero();
        ids.settle(after);
        assertThat(ids.floor(after)).isEqualTo(1);
    }

    @Test
    void refusalBelowTheFloorSaysNothingAboutTheClient() {
        OperationId settled = ids.next();
        OperationId open = ids.next();
        ids.settle(settled);

        ids.refusedAsTooOld(settled);
        assertThat(ids.next().clientId()).isEqualTo(BOOT);

        ids.refusedAsTooOld(open);
        assertThat(ids.next().clientId()).isNotEqualTo(BOOT);
    }
}
