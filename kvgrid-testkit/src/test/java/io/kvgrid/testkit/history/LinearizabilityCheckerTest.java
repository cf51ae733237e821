package io.kvgrid.testkit.history;

import static io.kvgrid.testkit.history.Operation.NEVER;
import static io.kvgrid.testkit.history.Operation.read;
import static io.kvgrid.testkit.history.Operation.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kvgrid.testkit.history.Operation.Guard;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The checker is tested with histories known to be right and known to be wrong, and against plain enumeration. */
class LinearizabilityCheckerTest {
    @Test
    void sequentialHistoryIsRight() {
        assertRight(read(0, 1, 0), write(2, 3, 7), read(4, 5, 7), write(6, 7, 0), read(8, 9, 0));
    }

    @Test
    void readOfAnOlderValueAfterAnAcknowledgementIsWrong() {
        assertWrong(write(0, 1, 1), write(2, 3, 2), read(4, 5, 1));
    }

    @Test
    void lostAcknowledgedWriteIsWrong() {
        assertWrong(write(0, 1, 1), read(2, 3, 0));
    }

    @Test
    void readBesideAWriteMaySeeEitherValue() {
        assertRight(write(0, 1, 1), write(2, 9, 2), read(3, 4, 1), read(5, 6, 2));
        assertRight(write(0, 1, 1), write(2, 9, 2), read(3, 4, 2), read(5, 6, 2));
    }

    @Test
    void newValueAndThenTheOldOneIsWrong() {
        assertWrong(write(0, 1, 1), write(2, 9, 2), read(3, 4, 2), read(5, 6, 1));
    }

    @Test
    void valueThatNobodyWroteIsWrong() {
        assertWrong(write(0, 1, 1), read(2, 3, 5));
    }

    @Test
    void unknownWriteMayHappenLateOrNever() {
        assertRight(write(0, 1, 1), write(2, NEVER, 2), read(3, 4, 1), read(50, 51, 1), read(60, 61, 2));
        assertRight(write(0, 1, 1), write(2, NEVER, 2), read(3, 4, 1), read(50, 51, 1));
    }

    @Test
    void unknownWriteDoesNotHappenTwice() {
        assertWrong(write(0, NEVER, 2), read(1, 2, 2), write(3, 4, 1), read(5, 6, 1), read(7, 8, 2));
    }

    @Test
    void unknownWriteDoesNotHappenBeforeItsCall() {
        assertWrong(read(0, 1, 2), write(2, NEVER, 2));
    }

    @Test
    void twoInsertsIfAbsentCannotBothSucceed() {
        Operation first = new Operation(0, 9, Guard.EXPECTED, 0, true, 1, 0);
        Operation second = new Operation(0, 9, Guard.EXPECTED, 0, true, 2, 0);

        assertWrong(first, second);
        assertRight(first, second, new Operation(0, NEVER, Guard.ANYTHING, 0, true, 0, 0));
    }

    @Test
    void refusedConditionMustHaveHadItsReason() {
        Operation refusedAsPresent = Operation.look(2, 3, Guard.ANOTHER, 0);

        assertWrong(refusedAsPresent);
        assertRight(write(0, 1, 1), refusedAsPresent);
        assertRight(write(0, NEVER, 1), refusedAsPresent);
        assertWrong(write(0, NEVER, 1), refusedAsPresent, read(4, 5, 0));
    }

    @Test
    void conditionOnAnOverwrittenValueCannotHold() {
        Operation third = new Operation(4, 5, Guard.EXPECTED, 1, true, 3, 0);

        assertRight(write(0, 1, 1), third);
        assertWrong(write(0, 1, 1), write(2, 3, 2), third);
    }

    @Test
    void versionsSayTheOrder() {
        Operation first = new Operation(0, 9, Guard.ANYTHING, 0, true, 1, 10);
        Operation second = new Operation(0, 9, Guard.ANYTHING, 0, true, 2, 11);

        assertRight(first, second, read(10, 11, 2));
        assertWrong(first, second, read(10, 11, 1));
    }

    @Test
    void versionThatWasSeenMakesAnUnknownWriteCertain() {
        Operation seen = new Operation(0, NEVER, Guard.ANYTHING, 0, true, 1, 10);
        Operation before = new Operation(0, 1, Guard.ANYTHING, 0, true, 2, 9);

        assertRight(seen, before, read(2, 3, 1));
        assertWrong(seen, new Operation(0, 1, Guard.ANYTHING, 0, true, 2, 11), read(2, 3, 1));
    }

    @Test
    void manyUnknownWritesStayCheap() {
        List<Operation> history = new ArrayList<>();
        for (int i = 1; i <= 300; i++) {
            history.add(write(i * 10L, i % 3 == 0 ? NEVER : i * 10L + 5, i));
            history.add(read(i * 10L + 6, i * 10L + 7, i % 3 == 0 ? i - 1 : i));
        }

        assertTrue(LinearizabilityChecker.check(history).isEmpty());
    }

    /** Histories of an atomic register are right; small ones, spoiled at random, are judged as enumeration judges them. */
    @Test
    void agreesWithEnumerationOnRandomHistories() {
        int wrong = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            List<Operation> history = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                history.add(randomOperation(random));
            }

            boolean right = LinearizabilityChecker.check(history).isEmpty();

            assertEquals(isExplained(history, 0), right, () -> "history " + history);
            wrong += right ? 0 : 1;
        }
        assertTrue(wrong > 2_000 && wrong < 18_000, "both verdicts must be common; wrong: " + wrong);
    }

    private static Operation randomOperation(Random random) {
        long invoked = random.nextInt(20);
        boolean effect = random.nextInt(3) > 0;
        long returned = effect && random.nextInt(4) == 0 ? NEVER : invoked + 1 + random.nextInt(12);
        Guard guard = effect && random.nextBoolean()
                ? Guard.ANYTHING
                : random.nextInt(4) == 0 ? Guard.ANOTHER : Guard.EXPECTED;
        return new Operation(
                invoked,
                returned,
                guard,
                random.nextInt(3),
                effect,
                effect ? random.nextInt(3) : 0,
                effect && random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0);
    }

    /** The definition, tried out: any operation that no other one returned before may come next. */
    private static boolean isExplained(List<Operation> left, long state) {
        if (left.stream().noneMatch(Operation::isCertain)) {
            return true;
        }
        for (Operation next : left) {
            boolean first = left.stream()
                    .noneMatch(other -> other.returned() < next.invoked()
                            || (next.version() > 0 && other.version() > 0 && other.version() < next.version()));
            if (first && next.isPossible(state)) {
                List<Operation> rest = new ArrayList<>(left);
                rest.remove(next);
                if (isExplained(rest, next.after(state))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void assertRight(Operation... history) {
        assertEquals("", LinearizabilityChecker.check(List.of(history)).orElse(""));
    }

    private static void assertWrong(Operation... history) {
        assertFalse(LinearizabilityChecker.check(List.of(history)).isEmpty(), "not recognised as wrong");
    }
}
