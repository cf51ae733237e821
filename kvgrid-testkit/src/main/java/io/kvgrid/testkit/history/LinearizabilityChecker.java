package io.kvgrid.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the operations on one key can be put in an order that respects real time and explains every answer,
 * and that changes of known version are in the order of their versions:
 * the search of Wing and Gong (JPDC '93) with Lowe's cache of visited configurations (CPE '17). Operations of unknown
 * outcome may take any place after their call, or none.
 *
 * <p>Two reductions, both exact: an operation without effect that is possible now is placed at once, since that takes
 * no choice from the others; and a write of unknown outcome is placed only before an operation that needs it, since
 * otherwise it could as well be left out.
 */
public final class LinearizabilityChecker {
    /** More configurations than this are not visited: the history counts as too hard, which is reported as a failure. */
    private static final int MAX_CONFIGURATIONS = 300_000;

    /** What has been placed, what the key holds then, and what it would hold without the last one, if that must matter. */
    private record Configuration(
            BitSet placed, long state, @Nullable Long without) {}

    /** A point of the search: where it came from, and what can still be tried from here. */
    private static final class Step {
        final BitSet placed;
        final long state;
        final ArrayDeque<Integer> untried;

        Step(BitSet placed, long state, ArrayDeque<Integer> untried) {
            this.placed = placed;
            this.state = state;
            this.untried = untried;
        }
    }

    private final List<Operation> operations;
    /** Indices of the changes of known version, in the order of the versions. */
    private final int[] versioned;

    private final Set<Configuration> visited = new HashSet<>();

    private LinearizabilityChecker(List<Operation> operations) {
        this.operations = operations;
        versioned = IntStream.range(0, operations.size())
                .filter(i -> operations.get(i).version() > 0)
                .boxed()
                .sorted(Comparator.comparingLong(i -> operations.get(i).version()))
                .mapToInt(i -> i)
                .toArray();
    }

    /**
     * Checks the operations on one key, which holds no value at first.
     *
     * @return what is wrong, with the operations; empty if nothing is
     */
    public static Optional<String> check(List<Operation> history) {
        List<Operation> operations = new ArrayList<>(history);
        operations.sort(Comparator.comparingLong(Operation::invoked));
        return new LinearizabilityChecker(operations).search();
    }

    private Optional<String> search() {
        ArrayDeque<Step> path = new ArrayDeque<>();
        Step farthest = new Step(new BitSet(), 0, new ArrayDeque<>());
        Step next = step(new BitSet(operations.size()), 0, null);
        while (true) {
            if (next != null) {
                if (isComplete(next.placed)) {
                    return Optional.empty();
                }
                if (next.placed.cardinality() >= farthest.placed.cardinality()) {
                    farthest = next;
                }
                path.push(next);
            }
            Step top = path.peek();
            if (top == null) {
                return Optional.of("no order explains these operations" + text(farthest));
            }
            if (visited.size() > MAX_CONFIGURATIONS) {
                return Optional.of("undecided after " + visited.size() + " configurations" + text(farthest));
            }
            Integer tried = top.untried.poll();
            if (tried == null) {
                path.pop();
                next = null;
                continue;
            }
            BitSet placed = (BitSet) top.placed.clone();
            placed.set(tried);
            Operation operation = operations.get(tried);
            next = step(placed, operation.after(top.state), operation.isCertain() ? null : top.state);
        }
    }

    /**
     * The point reached with {@code placed}, after all operations without effect that are possible; null if it was seen
     * before, or leads nowhere that could not be reached without the last operation.
     *
     * @param without what the key would hold without the last operation, if that may be left out
     */
    private @Nullable Step step(BitSet placed, long state, @Nullable Long without) {
        ArrayDeque<Integer> candidates = candidates(placed);
        boolean needed = without == null;
        for (boolean moved = true; moved; ) {
            moved = false;
            for (int i : candidates) {
                Operation op = operations.get(i);
                if (!op.effect() && op.isPossible(state)) {
                    placed.set(i);
                    moved = true;
                }
            }
            if (moved) {
                needed = true; // it was not possible before, or it would have been placed
                candidates = candidates(placed);
            }
        }
        long nextVersion = nextVersion(placed);
        candidates.removeIf(
                i -> !operations.get(i).isPossible(state) || operations.get(i).version() > nextVersion);
        if (!needed && without != null) {
            candidates.removeIf(i -> operations.get(i).isPossible(without));
        }
        boolean isNew = visited.add(new Configuration(placed, state, needed ? null : without));
        return isNew && (needed || !candidates.isEmpty()) ? new Step(placed, state, candidates) : null;
    }

    /** The lowest version that has not been placed. */
    private long nextVersion(BitSet placed) {
        for (int i : versioned) {
            if (!placed.get(i)) {
                return operations.get(i).version();
            }
        }
        return Long.MAX_VALUE;
    }

    /** What may come next in real time: called before any unplaced operation returned. Certain ones first. */
    private ArrayDeque<Integer> candidates(BitSet placed) {
        long firstReturn = Operation.NEVER;
        for (int i = placed.nextClearBit(0);
                i < operations.size() && operations.get(i).invoked() <= firstReturn;
                i = placed.nextClearBit(i + 1)) {
            firstReturn = Math.min(firstReturn, operations.get(i).returned());
        }
        ArrayDeque<Integer> certain = new ArrayDeque<>();
        ArrayDeque<Integer> possible = new ArrayDeque<>();
        for (int i = placed.nextClearBit(0);
                i < operations.size() && operations.get(i).invoked() <= firstReturn;
                i = placed.nextClearBit(i + 1)) {
            (operations.get(i).isCertain() ? certain : possible).add(i);
        }
        certain.addAll(possible);
        return certain;
    }

    private boolean isComplete(BitSet placed) {
        for (int i = placed.nextClearBit(0); i < operations.size(); i = placed.nextClearBit(i + 1)) {
            if (operations.get(i).isCertain()) {
                return false;
            }
        }
        return true;
    }

    private String text(Step farthest) {
        StringBuilder text = new StringBuilder(
                "; the farthest order leaves the key with " + farthest.state + ", and what comes next is one of:\n");
        candidates(farthest.placed)
                .forEach(i -> text.append("  ").append(operations.get(i)).append('\n'));
        text.append("all of them:\n");
        operations.forEach(op -> text.append("  ").append(op).append('\n'));
        return text.toString();
    }
}
