package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlineWheelTest {
    private static final class Timed extends ClientOperation {
        private final long nanos;

        Timed(long now, long nanos) {
            super(now + nanos);
            this.nanos = nanos;
        }

        @Override
        int bytes() {
            return 0;
        }

        @Override
        void reject(RuntimeException failure) {
            throw failure;
        }

        @Override
        public void run() {}
    }

    private final TestLoop loop = new TestLoop();
    private final Map<ClientOperation, Long> expired = new HashMap<>();
    private final DeadlineWheel wheel = new DeadlineWheel(loop, operation -> expired.put(operation, loop.nanoTime()));

    @Test
    void everyOperationEndsAtMostOneTickEarlyAndNeverLate() {
        Random random = new Random(5);
        List<Timed> all = new ArrayList<>();
        List<Timed> removed = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            // from less than a tick to several turns of the wheel
            Timed operation = new Timed(loop.nanoTime(), 1 + (long) (Math.pow(random.nextDouble(), 3) * 9e9));
            wheel.add(operation);
            (random.nextInt(4) == 0 ? removed : all).add(operation);
            loop.advanceNanos(random.nextInt(3_000_000));
        }
        List<Timed> stillThere =
                removed.stream().filter(o -> !expired.containsKey(o)).toList();
        stillThere.forEach(wheel::remove);
        loop.advanceMillis(20_000);

        assertThat(expired).containsKeys(all.toArray(new Timed[0]));
        stillThere.forEach(operation -> assertThat(expired).doesNotContainKey(operation));
        for (Map.Entry<ClientOperation, Long> end : expired.entrySet()) {
            long late = end.getValue() - end.getKey().deadlineNanos();
            boolean hadATick = ((Timed) end.getKey()).nanos >= DeadlineWheel.TICK_NANOS;
            assertThat(late).isBetween(-DeadlineWheel.TICK_NANOS, hadATick ? 0 : DeadlineWheel.TICK_NANOS);
        }
    }

    @Test
    void anEndThatEndsOthersSkipsNobody() {
        List<Timed> operations = new ArrayList<>();
        List<ClientOperation> ended = new ArrayList<>();
        List<DeadlineWheel> self = new ArrayList<>();
        DeadlineWheel chained = new DeadlineWheel(loop, operation -> {
            ended.add(operation);
            self.get(0).remove(operations.get(5)); // wherever it stands in the list
        });
        self.add(chained);
        for (int i = 0; i < 10; i++) {
            operations.add(new Timed(loop.nanoTime(), 100_000_000));
        }
        operations.forEach(chained::add);
        loop.advanceMillis(100);

        assertThat(ended).hasSize(9).doesNotContain(operations.get(5));
    }

    @Test
    void anEmptyWheelSetsNoTimer() {
        Timed operation = new Timed(loop.nanoTime(), 1_000_000_000);
        wheel.add(operation);
        wheel.remove(operation);
        loop.advanceMillis(10);

        assertThat(loop.isIdle()).isTrue();
    }
}
