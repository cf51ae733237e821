package io.kvgrid.core.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Looks for what notices each {@link Mutant}: its scene, or the first seed that does. */
public final class MutantHunt {
    private static final int SEEDS = 400;

    /**
     * What noticed a mutant.
     *
     * @param seeds how many it took; 0 for a scene
     */
    record Found(Mutant mutant, int seeds, String invariant) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%-36s %-4s %s: %s",
                    mutant,
                    mutant.rule(),
                    seeds == 0 ? "found by its scene" : "found after " + seeds + " seeds",
                    invariant);
        }
    }

    private MutantHunt() {}

    /** Runs {@code mutant}; empty if nothing is noticed within as many seeds as the normal build runs. */
    static Optional<Found> find(Mutant mutant) {
        if (mutant.scene().isPresent()) {
            return QuietLog.during(() -> play(mutant));
        }
        for (int seed = 1; seed <= SEEDS; seed++) {
            try {
                Simulation.run(seed, mutant.parts(), Set.of());
            } catch (InvariantViolation e) {
                return Optional.of(new Found(mutant, seed, e.invariant()));
            }
        }
        return Optional.empty();
    }

    private static Optional<Found> play(Mutant mutant) {
        try {
            mutant.scene().orElseThrow().accept(mutant.parts());
            return Optional.empty();
        } catch (InvariantViolation e) {
            return Optional.of(new Found(mutant, 0, e.invariant()));
        }
    }

    /** Every so many-th mutant, {@code count} in all, from the third on: those take few seeds. */
    static List<Mutant> sample(int count) {
        Mutant[] all = Mutant.values();
        return IntStream.range(0, count)
                .mapToObj(i -> all[(2 + i * all.length / count) % all.length])
                .toList();
    }

    /** Hunts all mutants on all cores, or those that are named; the exit code is 1 if one lives. */
    public static void main(String[] names) {
        List<Mutant> wanted = names.length == 0
                ? List.of(Mutant.values())
                : Arrays.stream(names).map(Mutant::valueOf).toList();
        AtomicInteger alive = new AtomicInteger();
        List<Integer> seeds = new ArrayList<>();
        wanted.parallelStream().forEach(mutant -> {
            Optional<Found> found = find(mutant);
            synchronized (seeds) {
                found.ifPresentOrElse(
                        by -> {
                            if (by.seeds > 0) {
                                seeds.add(by.seeds);
                            }
                        },
                        alive::incrementAndGet);
                System.out.println(found.map(Found::toString)
                        .orElseGet(() -> String.format(Locale.ROOT, "%-36s %-4s NOT FOUND", mutant, mutant.rule())));
            }
        });
        seeds.sort(null);
        System.out.printf(
                Locale.ROOT,
                "%d mutants, %d found; seeds needed, median %d, most %d%n",
                wanted.size(),
                wanted.size() - alive.get(),
                seeds.isEmpty() ? 0 : seeds.get(seeds.size() / 2),
                seeds.isEmpty() ? 0 : seeds.get(seeds.size() - 1));
        if (alive.get() > 0) {
            System.exit(1);
        }
    }
}
