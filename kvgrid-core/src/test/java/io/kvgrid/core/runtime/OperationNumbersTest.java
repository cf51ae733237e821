package io.kvgrid.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OperationNumbersTest {
    private final OperationNumbers numbers = new OperationNumbers();

    @Test
    void theFloorIsTheLowestUnsettledNumber() {
        for (int i = 0; i < 5; i++) {
            assertThat(numbers.next()).isEqualTo(i);
        }
        numbers.settle(1);
        numbers.settle(2);
        assertThat(numbers.floor()).isZero();

        numbers.settle(0);
        assertThat(numbers.floor()).isEqualTo(3);

        numbers.settle(3);
        numbers.settle(4);
        assertThat(numbers.floor()).isEqualTo(5);
        assertThat(numbers.isIssued(4)).isTrue();
        assertThat(numbers.isIssued(5)).isFalse();
    }

    @Test
    void theFloorIsForcedUpWhenTheWindowIsFull() {
        for (int i = 0; i < OperationNumbers.WINDOW; i++) {
            numbers.next();
        }
        numbers.settle(1);
        assertThat(numbers.floor()).isZero();

        numbers.next(); // P19: 0 cannot be repeated any more

        assertThat(numbers.floor()).isEqualTo(2);
        numbers.settle(0);
        assertThat(numbers.floor()).isEqualTo(2);
        numbers.settle(2);
        assertThat(numbers.floor()).isEqualTo(3);
    }

    @Test
    void itAgreesWithAPlainModel() {
        Random random = new Random(11);
        TreeSet<Long> unsettled = new TreeSet<>();
        long next = 0;
        for (int i = 0; i < 200_000; i++) {
            if (random.nextInt(100) < 51 || unsettled.isEmpty()) {
                assertThat(numbers.next()).isEqualTo(next);
                unsettled.add(next++);
                unsettled.headSet(next - OperationNumbers.WINDOW).clear();
            } else {
                Long settled = unsettled.ceiling(unsettled.first() + random.nextInt(3));
                if (settled != null) {
                    unsettled.remove(settled);
                    numbers.settle(settled);
                }
            }
            long floor = Math.max(unsettled.isEmpty() ? next : unsettled.first(), 0);
            assertThat(numbers.floor())
                    .isLessThanOrEqualTo(floor)
                    .isGreaterThanOrEqualTo(next - OperationNumbers.WINDOW);
        }
    }
}
